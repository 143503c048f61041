"""Our durable memory: one port, several homes; each keeps the same entries and shares the fold in `core.journal`."""
