"""The gallery of what a deployment predicted, and the details of one image."""
