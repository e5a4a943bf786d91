"""A bridge as a chart, and the workbook that leads from one budget to another."""
