"""What kinds of events there are, and which leave as one message."""
