"""Golden tests of everything that people and machines read."""
