"""Set the Calc add-in up in a LibreOffice profile and take it away again."""
