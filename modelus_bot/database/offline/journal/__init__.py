"""The journal: changes that wait in a file while the database is away, applied in order when it is back.

Every line of the file is one JSON object with its length and CRC-32. A change is on the disk before its
author reads "saved"; what became of it is on the disk before anybody is told. The request id, which the
database keeps in the same transaction as the change, makes it happen once.

``Journal`` is the way in. ``append_file`` and ``framing`` of ``core`` keep the lines, ``store`` keeps file
and memory in step, ``replaying`` applies, ``outcomes`` decides what the end of one try means, ``registry``
finds classes again.
"""
