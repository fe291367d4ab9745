"""Laws of nations: drafts, what is in force, every text they had, and tags to file them under.

A law that everybody may read is cited by its nation and its number there (``Texas 14 §3``). Drafts and
private laws have no such number: their nation's office holders and administrators know them by the law's own
(``#31``), and nobody else can tell that they exist.
"""
