"""Killing the installed command, and troubling its platform, at every position of a plan that uses every action."""
