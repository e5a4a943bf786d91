"""What was really consumed: usage exports on one canonical table."""
