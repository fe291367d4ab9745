"""Which entries a calendar has, and what has become of them; pure."""
