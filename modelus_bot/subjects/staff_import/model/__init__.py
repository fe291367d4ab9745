"""The files' tables as they are found, the rows after mending, and what became of each."""
