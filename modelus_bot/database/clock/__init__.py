"""What time it is, how old something is, and whether the machine's clock may be believed about either."""

from modelus_bot.database.clock.belief import Doubt, Why
from modelus_bot.database.clock.clock import Clock, News

__all__ = ["Clock", "Doubt", "News", "Why"]
