"""Usage as the workloads of a plan: whose it is, what was measured of it, and its known total."""
