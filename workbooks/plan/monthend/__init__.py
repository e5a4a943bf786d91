"""A month-end: bills beside the budget, why they differ, and what the rest will be."""
