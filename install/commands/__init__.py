"""One file a command of `evenpoint`: what is typed in, what is printed; no arithmetic."""
