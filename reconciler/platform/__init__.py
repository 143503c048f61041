"""The embedded platform: a real, API-compatible implementation. An island; only bootstrap opens its door."""
