"""Files that ship with the bot: migrations, the default settings and the sample rotation.

In a checkout they lie at the top of the repository, where people edit them. A wheel carries copies
inside the package, because nothing outside it is installed.
"""

from pathlib import Path

__all__ = ["default_config", "migrations_dir", "sample_dir"]

_PACKAGE = Path(__file__).resolve().parent


def migrations_dir() -> Path:
    """Folder of the numbered SQL migrations and their rollbacks; FileNotFoundError when it is missing."""
    return _find("migrations", "migrations")


def default_config() -> Path:
    """The ``config.toml`` that is used when the operator has none; FileNotFoundError when it is missing."""
    return _find("config.toml", "config.toml")


def sample_dir() -> Path:
    """Folder of the invented sample data; FileNotFoundError when it is missing."""
    return _find("sample", "tests/sample")


def _find(in_wheel: str, in_checkout: str) -> Path:
    candidates = (_PACKAGE / "_bundled" / in_wheel, _PACKAGE.parent / in_checkout)
    for candidate in candidates:
        if candidate.exists():
            return candidate
    places = " or ".join(str(candidate) for candidate in candidates)
    raise FileNotFoundError(
        f"{in_wheel} is not part of this installation: expected {places}. Install the bot again."
    )
