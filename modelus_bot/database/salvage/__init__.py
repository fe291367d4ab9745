"""Reading database files without SQLite: what a file is, and every row that a damaged one still holds."""
