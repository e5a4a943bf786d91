"""A portfolio as arrays: its volumes, prices and nodes by month, and what is forbidden and why."""
