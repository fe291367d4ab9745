"""What people see that belongs to no subject: answers, cards, pages, questions, forms, failures in plain
sentences.

``answering`` is the only room that speaks to an interaction; ``commands`` is what every command group is
built on; ``cards`` describes what is shown and ``rendering`` draws it, ``errors`` turns an exception into a
reply, ``confirm`` asks before a change, ``paginator`` turns pages, ``sending`` is what the bot says by
itself. Subjects use all of it; it knows none of them.
"""
