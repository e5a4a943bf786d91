"""Which workloads to move: sets of moves, tried out and bounded month by month."""
