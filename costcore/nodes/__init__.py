"""What nodes serve and cost in a month: capacity, load, hosting; nothing of a GPU's inside."""
