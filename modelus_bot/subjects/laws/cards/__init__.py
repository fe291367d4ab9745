"""A law as one reads it, lists, histories, differences, what a change did, and law books."""
