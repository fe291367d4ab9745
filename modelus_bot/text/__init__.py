"""Texts of people: made harmless where they leave the bot, ids that are exactly ids, and what was meant.

``escaping`` is the one place through which a name, a reason or a note goes into a message; ``exact_ids``
refuses whatever is not exactly an id; ``likeness`` finds the name that somebody may have meant.
"""
