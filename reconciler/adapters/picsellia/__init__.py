"""A Picsellia-compatible platform over HTTP: the observer and the actuator, and nothing that decides."""
