"""Saving what was counted, saying that one is away, and making items of who fell silent."""
