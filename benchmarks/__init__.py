"""Timings, each beside a yardstick measured in the same run, since absolute seconds tell more about the machine."""
