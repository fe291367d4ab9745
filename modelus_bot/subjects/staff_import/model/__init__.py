"""The files' tables as they are found, and the rows after mending."""
