"""The command that hands a budget on as a deck."""
