"""Notices: what people must know, written with the change itself and sent afterwards, each once.

``writes.outbox`` queues and marks, ``jobs`` sends, ``writes.saved_changes`` tells authors what became of
changes that were saved while the database was away. A subject encloses buttons with its notices by
declaring ``enclosures``.
"""
