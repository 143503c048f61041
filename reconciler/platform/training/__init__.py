"""Trainers: how a model is made of images, and what its file says about itself."""
