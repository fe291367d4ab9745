"""Who may see which row, held by the connection itself: whatever SQL runs there reads nothing else.

Promise: on a gated connection every table is closed unless somebody declared otherwise. A table of which
people see some rows is hidden behind a view of its own name that has only those; the table itself, the
schema, the insides of indexes and searches, PRAGMA, ATTACH, EXPLAIN and functions that are not listed are
closed. The rule is applied before anything of the statement sees a row, so neither an error nor a deadline
tells what is in another one.

Way in: ``Visible`` is what a subject declares for a table, ``Visibility`` all of them; ``gated`` makes a
connection of a ``GateKind``, ``seated`` says for whom the next statements are.
Owner: whoever opens the connection (``engine.roles``, ``offline.snapshot.answering``, ``engine.reporting``).
"""
