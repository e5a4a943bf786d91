"""What is neither token nor vendor sheet: exchange rates and the rent of GPUs."""
