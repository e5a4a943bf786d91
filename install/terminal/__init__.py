"""How every command asks, answers, writes and refuses; no command of its own."""
