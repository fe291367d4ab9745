"""A rota of ten sprints, as the tests of the subjects have it."""

from tests.subjects.conftest import empty, migrated, rota, staffed

__all__ = ["empty", "migrated", "rota", "staffed"]
