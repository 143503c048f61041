"""Git told as it is, with and without git."""
