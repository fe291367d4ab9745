"""What kind of thing a value in an entry is, so that people read names, days and figures."""
