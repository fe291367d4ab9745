"""The vocabulary of the database: what every other package speaks in.

Promise: nothing here opens the database file by itself. Errors are one tree (``errors``), made from
SQLite's result codes (``result_codes``) and from the system's (``system_errors``) in one place each; the
kinds of failure and the sentence people read about each are ``error_types``.
``operation`` and ``context`` are what callers hand over, ``transaction`` is what an operation sees,
``outcome`` how a caller hears of it. ``audit`` is the log that every change is written into.
``instance_lock`` makes one process the file's only bot. ``child_process`` runs what may crash on a damaged
file in a process of its own. ``append_file`` and ``framing`` keep lines that prove themselves.
``change_counter`` is compared by whoever keeps what a change makes stale. ``sidecar`` has the rule for what
lies beside the database and cannot be written. ``notifier`` is built before those who tell and those who
hear, so that neither is set on the other.

Way in: its modules, one term each; this package has no names of its own.
Owner: whoever builds an object of it; ``child_process`` ends its children itself.
"""
