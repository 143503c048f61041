"""The control service's routes, one file per noun; thin: read the request, ask the store, shape the answer."""
