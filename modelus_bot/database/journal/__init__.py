"""The journal: changes that wait in a file while the database is away, applied in order when it is back.

Every line of the file is one JSON object with its length and CRC-32. A change is on the disk before its
author reads "saved"; what became of it is on the disk before anybody is told. The request id, which the
database keeps in the same transaction as the change, makes it happen once.
"""

from modelus_bot.database.journal.deferred import WriteDeferred
from modelus_bot.database.journal.entry import Entry, Outcome, Settled, numbered
from modelus_bot.database.journal.file import journal_path
from modelus_bot.database.journal.journal import Journal
from modelus_bot.database.journal.known import answered
from modelus_bot.database.journal.reconciliation import Reconciliation, operation_words

__all__ = [
    "Entry",
    "Journal",
    "Outcome",
    "Reconciliation",
    "Settled",
    "WriteDeferred",
    "answered",
    "journal_path",
    "numbered",
    "operation_words",
]
