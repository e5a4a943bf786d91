"""The commands under `evenpoint prices`: show, refresh, import, history and rates."""
