"""Two plans side by side: what changed from one to the other, and what each change costs."""
