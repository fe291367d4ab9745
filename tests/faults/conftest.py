"""What tests of failing disk calls share: built and furnished once in each process that runs tests."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.faults.plan_runs import Field

AT_ONCE = int(os.environ.get("MODELUS_PLANS_AT_ONCE", "3"))
"""Plans that run beside each other: a bot among callers mostly waits for the disk."""


@pytest.fixture(scope="session")
def field(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    """Where plans of failing calls are played."""
    field = Field(tmp_path_factory.mktemp("plans"), AT_ONCE)
    yield field
    field.close()
