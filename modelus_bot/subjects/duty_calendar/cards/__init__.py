"""How the calendar is shown: as a card, as a picture, as a file."""
