"""What people type, and what comes back: output, talk, exit code."""
