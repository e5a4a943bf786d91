"""A scenario as people write it: its inputs, their bounds and sources; nothing is computed."""
