"""One accepted prediction: its format, its image, and what it leaves in the store."""
