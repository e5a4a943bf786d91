"""Bring a budget workbook up to date in place: its tables, its values, and a line in its Log."""
