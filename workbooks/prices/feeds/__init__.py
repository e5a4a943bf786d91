"""Price lists that others publish: one module for each, and the registry of them."""
