"""The workbook of a portfolio: routes to edit, and what every strategy then costs by month."""
