"""The command that finds the cheapest mix of engines, and how its answer is shown."""
