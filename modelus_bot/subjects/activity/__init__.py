"""Activity: how much is written, where and by whom, never what; and who holds an office but is not heard.

    gateway ──▶ MessageTally (memory) ──a minute or 200 messages──▶ CountMessages ──▶ activity (rows)

``MessageTally`` is all that a message costs. What it holds leaves as one batch under a number of its own, so
a batch that is tried again counts once; while the database is away it is saved for later.

Whoever holds an office is judged once a day by ``rules.silence``. Each silence makes one item of triage, in
which a person decides; nothing happens to an office by itself.
"""
