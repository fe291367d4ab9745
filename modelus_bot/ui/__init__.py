"""What people see: replies, pages, questions, and failures in plain sentences."""
