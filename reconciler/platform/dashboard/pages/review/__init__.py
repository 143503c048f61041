"""The review tool: what is to be reviewed, one image after the other, and what becomes of it."""
