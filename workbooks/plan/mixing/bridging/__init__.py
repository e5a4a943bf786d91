"""Two portfolios side by side: what each cause adds to each strategy."""
