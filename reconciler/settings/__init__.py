"""What the user decided, from `reconciler.yaml`, the environment and flags, weakest first; nothing is opened here."""
