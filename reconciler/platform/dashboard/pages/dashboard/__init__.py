"""The dashboard of one deployment: what is deployed, what it saw, how it changed, and how good it is."""
