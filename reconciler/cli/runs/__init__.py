"""What connected verbs do once their options are read; imported only when one runs."""
