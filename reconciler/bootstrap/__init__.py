"""The only place that wires: settings, adapters, engine and the embedded platform become one working set of tools."""
