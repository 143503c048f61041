"""What the user decided, and how it is told where it makes no sense."""
