"""One file per verb: its options and its help; importing them loads nothing heavy, so that help is instant."""
