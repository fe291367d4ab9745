"""Taking in nations, names, offices, laws, tags, wars, treaties and blocs."""
