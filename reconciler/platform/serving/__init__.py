"""Inference: which file a model version is, how it takes images, what its outputs mean, and running it."""
