"""The sheets of a month-end workbook."""
