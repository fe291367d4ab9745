"""What is said when a rotation's files cannot be used."""

from __future__ import annotations

__all__ = ["ImportProblem"]


class ImportProblem(Exception):
    """The files cannot be imported; the text names the file, the place in it, and what is expected there."""
