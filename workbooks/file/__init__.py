"""A workbook as a file: its package, its markup, its cells, and its replacement in one step."""
