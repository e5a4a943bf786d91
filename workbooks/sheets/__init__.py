"""How a workbook looks: layout, drawing and charts."""
