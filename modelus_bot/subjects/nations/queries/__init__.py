"""Nations by number and by what was typed, their offices, cities, history and ranking."""
