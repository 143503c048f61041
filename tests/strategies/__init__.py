"""Hypothesis strategies for the values of the core, shared by the tests of every room."""
