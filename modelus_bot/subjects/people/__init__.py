"""Who the bot knows: members by their Discord id or a placeholder, their names, time zones and cards."""
