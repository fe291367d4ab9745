"""Model US Bot: one Discord server's staff rota and simulation over one SQLite database."""

__all__ = ["__version__"]

__version__ = "0.1.0"
