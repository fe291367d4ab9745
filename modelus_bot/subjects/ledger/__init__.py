"""The books of the nations: every movement of money is a transfer between two accounts."""
