"""The audit log: one entry per change, in the same transaction, each linked to the one before.

What keeps entries while the table cannot take them (``aside``) and what begins a new chain
(``renewing``) are imported from their own modules.
"""

from modelus_bot.database.audit.chain import APPEND, AuditChain, link_hash
from modelus_bot.database.audit.entry import AuditEntry, AuditOperation, command_entry, restored_entry
from modelus_bot.database.audit.verification import ChainReport, verify_chain, walk

__all__ = [
    "APPEND",
    "AuditChain",
    "AuditEntry",
    "AuditOperation",
    "ChainReport",
    "command_entry",
    "link_hash",
    "restored_entry",
    "verify_chain",
    "walk",
]
