"""The JSON forms of what is kept: actions, outcomes, journal entries and memory; pure, versioned, and read strictly.

A writer adds keys, never renames them. A reader ignores keys it does not know, fills in what an earlier version did not
write, and refuses what it cannot understand with a `LedgerError`, so that nothing is concluded from half a sentence.
"""
