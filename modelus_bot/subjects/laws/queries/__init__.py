"""Laws one by one, in lists and by what was typed, their texts, and tags."""
