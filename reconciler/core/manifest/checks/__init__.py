"""What can be wrong with manifests: one document by itself (`document`), then all of them together (`relations`)."""
