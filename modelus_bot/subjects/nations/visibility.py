"""Nations are public: everybody sees all of them; how long somebody has to wait is the bot's own."""

from __future__ import annotations

from modelus_bot.domain.visibility import everybody, nobody

__all__ = ["VISIBLE"]

VISIBLE = (
    everybody("nations"),
    everybody("nation_names"),
    everybody("nation_offices"),
    everybody("nation_cities"),
    everybody("nation_history"),
    nobody("cooldowns", reported=True),
)
