"""Several workloads and engines as people write them, and the strategies that route between."""
