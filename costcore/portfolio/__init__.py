"""Several workloads on several engines: shared nodes, the cheapest mix, and who pays for it."""
