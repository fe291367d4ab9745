"""What people see of an item: its card, its line in a list, what was said about it, and the transcript."""
