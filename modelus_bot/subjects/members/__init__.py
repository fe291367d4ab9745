"""Members: staff roles, who is active, and linking imported people to accounts."""
