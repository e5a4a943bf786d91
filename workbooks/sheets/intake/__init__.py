"""Read a workbook that somebody has filled in back into a plan; nothing is drawn."""
