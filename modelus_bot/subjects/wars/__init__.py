"""Wars between nations: their sides, what they cost, and what happened on which day."""
