"""On call: who is on duty now and next, setting somebody by hand, notes, and passing duty on by the clock."""
