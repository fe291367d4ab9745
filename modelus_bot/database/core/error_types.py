"""The kinds of failure, how grave each is, the sentence people read about it, and its reference code."""

from __future__ import annotations

import random
from enum import StrEnum

__all__ = ["SENTENCES", "ErrorType", "Severity", "new_reference"]


class ErrorType(StrEnum):
    """The seven kinds of failure that operators count and people read a sentence about."""

    CONNECTION_LOST = "CONNECTION_LOST"
    QUERY_FAILED = "QUERY_FAILED"
    SCHEMA_MISMATCH = "SCHEMA_MISMATCH"
    TRANSACTION_FAILED = "TRANSACTION_FAILED"
    CORRUPTION_DETECTED = "CORRUPTION_DETECTED"
    BACKUP_FAILED = "BACKUP_FAILED"
    MIGRATION_FAILED = "MIGRATION_FAILED"


class Severity(StrEnum):
    """What a failure asks for: LOW retry, MEDIUM back off, HIGH a person, CRITICAL stop writing."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"


SENTENCES: dict[ErrorType, str] = {
    ErrorType.CONNECTION_LOST: "Database temporarily unavailable. Please try again in a moment.",
    ErrorType.QUERY_FAILED: "Unable to process your request. Please try again.",
    ErrorType.SCHEMA_MISMATCH: "System is updating. Please wait a moment and try again.",
    ErrorType.TRANSACTION_FAILED: "Operation could not be completed. No changes were made.",
    ErrorType.CORRUPTION_DETECTED: "Data integrity issue detected. System is recovering automatically.",
    ErrorType.BACKUP_FAILED: (
        "Backup operation failed. Data is still safe but please contact an administrator."
    ),
    ErrorType.MIGRATION_FAILED: "System update failed. Please contact an administrator.",
}


def new_reference() -> str:
    """Return a short code that ties a person's sentence to the log record of the same failure."""
    return f"{random.getrandbits(32):08X}"
