"""Moving in from the Triage Rotation Bot: reads its JSON files, mends them, and imports them once.

``model.source`` is the files with all their oddities, ``rules`` mends them into ``model.data`` (pure),
``writes.importing`` upserts, so that a second run finds everything there.
"""
