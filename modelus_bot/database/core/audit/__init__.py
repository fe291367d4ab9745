"""The audit log: one entry per change, in the same transaction, each linked to the one before.

Promise: no change without its entry, no entry without its change, and a rewritten, shortened or reordered
log is noticed (``verification``, ``anchors``, ``comparing``). While the table takes no entries they wait in
a file that is on the disk before their COMMIT (``fallback_log``, ``buffer``, ``merging``), after pauses
that double (``back_off``).

Way in: ``sink`` for a group of writes, ``entry`` for what an entry says, ``verification`` for whoever reads
it.
Owner: the transaction manager owns the sink; the fallback log belongs to ``offline.fallback``.
"""
