"""How the platform is read: greeting, lists, details, references, names. Nothing here writes."""
