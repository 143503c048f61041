"""Settings become tools: the project, its memory, the embedded platform."""
