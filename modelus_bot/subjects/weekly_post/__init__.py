"""The weekly post: who is on duty this week, in a channel, once a week and kept up to date."""
