"""Stand-ins for the ports: complete, deterministic, and able to fail on purpose."""
