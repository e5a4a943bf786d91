"""The pages for a board, each on one sheet of paper: what is decided, when, how surely, on what."""
