"""Statements by their normalised text: what each costs, how SQLite goes about it, and what would help."""

from modelus_bot.database.statements.advice import suggestions
from modelus_bot.database.statements.normalising import normalised
from modelus_bot.database.statements.plan import Plan
from modelus_bot.database.statements.planning import Examination, IndexUse, examine, explain_slow
from modelus_bot.database.statements.statistics import StatementSeen, StatementStatistics
from modelus_bot.database.statements.telling import told

__all__ = [
    "Examination",
    "IndexUse",
    "Plan",
    "StatementSeen",
    "StatementStatistics",
    "examine",
    "explain_slow",
    "normalised",
    "suggestions",
    "told",
]
