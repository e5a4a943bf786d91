"""What a vendor's meter, SKU or product name says: model, direction, cache, tier, place, unit."""
