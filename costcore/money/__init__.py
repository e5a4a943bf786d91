"""Money over time: cash flows, horizons, and why a bill is not the budget; no machines."""
