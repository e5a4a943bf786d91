"""Dated price and hardware tables, and where they come from."""
