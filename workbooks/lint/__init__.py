"""Hold any workbook against the rules of a good financial model, cell by cell."""
