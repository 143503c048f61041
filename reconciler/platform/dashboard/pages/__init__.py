"""One module for each noun that has pages; each lists its `routes`."""
