"""Model files in memory: what they say of themselves, loading them once, and the threads that run them."""
