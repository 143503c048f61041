"""The house: what holds for the tree as a whole, whoever wrote which room."""
