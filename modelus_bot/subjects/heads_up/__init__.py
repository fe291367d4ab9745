"""Heads-up: on the eve of a hand-over, those who pass duty on or get it hear of it.

The eve is the end of the last working day before it.
"""
