"""/dbhealth, the alerts about the database, its samples and statistics."""
