"""One module for each section of a deployment's settings; `sections` holds what they share."""
