"""A file of text as a table: its sheets, where its headings stand, and cells that hold two days."""
