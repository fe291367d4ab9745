"""Why the sandbox cannot listen is said as it is."""

import errno
import os
from pathlib import Path

import pytest

from modelus_bot.sandbox.page import _why_not
from modelus_bot.sandbox.secret import Secret


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.EADDRINUSE, "Port 80 on 127.0.0.1 is taken. Stop what uses it, or set another sandbox.port"),
        (errno.EACCES, "may not listen at port 80 (those below 1024 are the system's), or set another"),
        (errno.EADDRNOTAVAIL, "Port 80 on 127.0.0.1 cannot be listened at: "),
    ],
)
def test_why_a_port_cannot_be_listened_at(number: int, said: str) -> None:
    """Taken, forbidden and not this machine's are three things."""
    assert said in _why_not("127.0.0.1", 80, OSError(number, os.strerror(number)))


def test_a_key_that_cannot_be_read_is_not_replaced(tmp_path: Path) -> None:
    """Only where there is none a new one is made: addresses that are known stay valid."""
    key = tmp_path / "sandbox.key"
    key.mkdir()
    with pytest.raises(IsADirectoryError):
        Secret.kept_beside(tmp_path / "sandbox.db")
    assert key.is_dir()
