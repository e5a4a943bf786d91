"""The command `evenpoint addin`: what it builds; setting it up is in `calc` and `windows`."""
