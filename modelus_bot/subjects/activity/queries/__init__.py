"""Reading what was counted, and how whoever holds an office stands."""
