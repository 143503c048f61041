"""What people and machines read: values in, lines or JSON out; no I/O, and nothing is decided here."""
