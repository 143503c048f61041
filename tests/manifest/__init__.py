"""Tests of manifests: what they say, and what is said about bad ones."""
