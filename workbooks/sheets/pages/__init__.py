"""The sheets of a budget, one file a sheet or a few that belong together."""
