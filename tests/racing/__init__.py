"""Several real processes at one catalog: who is let in, who is told no, and what a paused one may still do."""
