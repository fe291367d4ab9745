"""What is fair and what is missing; pure."""
