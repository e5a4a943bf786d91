"""What a plan comes to: totals, returns, commitments, checks and the verdict."""
