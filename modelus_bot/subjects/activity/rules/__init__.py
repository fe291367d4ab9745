"""Adding up messages in memory, and judging who is not heard. Pure."""
