"""The reliability subsystem: one SQLite file that keeps every acknowledged write."""
