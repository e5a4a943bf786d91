"""Judging a plan: its risk, rules of thumb, and published claims."""
