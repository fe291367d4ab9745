"""A treaty, lists of treaties, and the picture of who is allied with whom."""
