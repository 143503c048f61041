"""One file per aspect: how desired and live compare, and which actions close the gap."""
