"""Sheets as data, how they are written, and the tables they are filled from."""
