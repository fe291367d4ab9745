"""Taking rows in: each once, with its audit entry, and whoever they are about known here."""
