"""Charts as values: pure functions place numbers on a frame, templates write SVG, and a table tells every number."""
