"""What people type and see: one file per verb; parsing, printing and exit codes, and no decision of its own."""
