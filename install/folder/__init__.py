"""The commands of a budget folder: make it, say where it stands, add, update, approve, undo."""
