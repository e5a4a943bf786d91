"""The sheets on which a portfolio says what its engines cost: prices, and terms of contracts."""
