"""Set the Excel add-in up on Windows and take it away again, per user and with a record."""
