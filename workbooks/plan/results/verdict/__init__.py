"""Which strategy is chosen: the gates, the ranking, and the sentences that say it."""
