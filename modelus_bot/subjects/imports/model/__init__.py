"""What became of each row of a source, and where it stands there."""
