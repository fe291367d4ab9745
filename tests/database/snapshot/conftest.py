"""A rota of ten sprints, as the tests of the domain have it."""

from tests.domain.conftest import empty, migrated, rota, staffed

__all__ = ["empty", "migrated", "rota", "staffed"]
