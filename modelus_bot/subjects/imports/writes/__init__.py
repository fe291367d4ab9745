"""What is remembered of rows that were taken in, and of whom they are."""
