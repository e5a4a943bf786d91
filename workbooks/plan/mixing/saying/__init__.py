"""What the first page of a portfolio says: its figures, sentences, conditions and sources."""
