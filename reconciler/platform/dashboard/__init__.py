"""Pages for people: what a deployment does, what it saw, what is to be reviewed, and what it is set to."""
