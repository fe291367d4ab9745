"""Taking in nations, names, offices, laws, tags and wars."""
