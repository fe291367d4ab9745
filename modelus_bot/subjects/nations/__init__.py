"""Nations: their figures and every change of them, names they had, offices, cities, flag, and their ranking.

Whoever builds on nations names one by its number (``nations.id``), which a new name never changes.
``queries.lookup`` finds it by what was typed, ``queries.offices`` says who leads it, ``writes.saving`` is
the one place that changes a row of it, with its history and its entry.
"""
