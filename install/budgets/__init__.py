"""Commands about budgets that exist: what they are in another notation, and why two differ."""
