"""Looking for damage and for rows that break rules, in files of any kind."""
