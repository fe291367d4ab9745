"""What a loan costs, when, and what a turn does to it."""
