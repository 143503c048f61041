"""One step: sending it, deciding on an unclear answer, and the sentences of its outcome."""
