"""The lines of a plan, each one rule: unit figures, months, load and break-even."""
