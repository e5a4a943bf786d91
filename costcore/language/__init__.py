"""How a formula is written: names, units, arrays, tracing, lines over time; no economics."""
