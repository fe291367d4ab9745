"""/member: roles, who is active, imported people, and what the bot keeps of somebody."""
