"""The worksheet functions and the commands as tools for assistants; nothing is computed here."""
