"""Disciplines: the duties that are filled anew each sprint, and the Discord role of each."""
