"""Triage: what members report to the staff, from the report to its answer.

    pending ──claim, assign──▶ in review ──resolve──▶ resolved ──▶ rated by the reporter
       ▲ ◀──────release───────┘ │
       └─ a duty that passes on  └──reject──▶ rejected     a duplicate is closed with a link

A report goes to whoever has the duty of its category now, and on with the duty. ``rules`` counts its
deadline in real time, but not while it sleeps; ``writes.deadlines`` tells, once each, whoever has it, the
next sprint's holder and the managers. Staff talk with the reporter through the bot: a reply and an answer
are relayed, a note stays among staff.

What Discord shows follows from the rows: ``jobs`` opens a thread for each item, keeps its card and its
messages up to date, and leaves those whose thread cannot be had to direct messages.
"""
