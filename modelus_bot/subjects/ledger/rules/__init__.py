"""How money is written: on cards, in files, and for a double-entry program."""
