"""Coverage: how evenly duty is shared, who owes whom a cover, and which days ahead nobody has."""
