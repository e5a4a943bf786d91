"""The evenpoint command, and what sets up a machine."""
