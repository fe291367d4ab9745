"""Notices: what people must know, written with the change itself, kept in their inbox, and sent, each once.

Which notices there are, and their words, is the matter of the subject they tell of (its ``writes``), which
calls ``writes.outbox.notify``. ``rules`` says what kinds there are and when and with which others a notice
leaves, ``jobs`` sends, ``writes.sending`` notes what became of it, ``writes.saved_changes`` tells authors of
changes that were saved while the database was away. A subject encloses buttons with its notices by declaring
``enclosures``. ``commands`` shows everybody their own inbox; ``writes.reading`` and ``writes.choosing`` have
what they do there.
"""
