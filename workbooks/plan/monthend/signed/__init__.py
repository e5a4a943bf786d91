"""What was signed: its budget by month and by what is billed, and where bills belong in it."""
