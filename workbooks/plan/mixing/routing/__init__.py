"""What routes add to a strategy: moves that take time, and losses that are expected."""
