"""The journal: changes that wait in a file while the database is away, applied in order when it is back.

``Journal`` is the way in. ``append_file`` and ``framing`` of ``core`` keep the lines, ``store`` keeps file
and memory in step, ``replaying`` applies, ``outcomes`` decides what the end of one try means, ``registry``
finds classes again.
"""
