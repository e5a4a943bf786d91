"""What has a date or a term of its own: contracts, steps of a price, exchange rates."""
