"""Moving in from the original Model US bot: nations, their leaders and cities, laws, tags, wars,
alliances and blocs.

``rules.tables`` makes ``model.source`` of what the database's guarded reading brings, ``rules.mending`` makes
``model.rows`` of that, ``rules.counting`` says what of it is counted only (all pure); ``writes.importing``
takes the rows in, some at a time, each of them once.
"""
