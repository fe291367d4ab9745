"""/triage, and the entry "Report to staff" in the menu of a message."""
