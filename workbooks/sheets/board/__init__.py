"""The board pack: what a budget's cells show, as the five pages of an editable deck."""
