"""What a model does on accelerators: memory, speed, and how many it takes; no money."""
