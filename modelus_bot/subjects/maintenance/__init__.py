"""/database: checking the file and keeping it in shape, by hand and by the clock."""
