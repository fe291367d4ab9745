"""Notices: what people must know, written with the change itself and sent afterwards, each once.

Which notices there are, and their words, is the matter of the subject they tell of (its ``writes``).
``writes.outbox`` queues and marks, ``jobs`` sends, ``writes.saved_changes`` tells authors what became of
changes that were saved while the database was away. A subject encloses buttons with its notices by
declaring ``enclosures``.
"""
