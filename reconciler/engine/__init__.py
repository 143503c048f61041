"""Carrying plans out, against ports only: when to write, what to do with an unclear answer, what to remember."""
