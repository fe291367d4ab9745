"""/law and /tag."""
