"""Price lists that clouds export, a row for each meter: their columns, and what a row is of."""
