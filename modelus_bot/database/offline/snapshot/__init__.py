"""The snapshot: critical tables as files beside the database, which answer while it is away.

``Snapshot`` is the way in. ``folder`` saves so that a crash leaves a whole one, ``contents`` and
``manifest`` say what it holds, ``answering`` fills a database in memory from it, ``age`` carries its age to
the reply.
"""
