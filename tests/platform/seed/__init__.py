"""Tests of the demo assets."""
