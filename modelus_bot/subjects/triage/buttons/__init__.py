"""The buttons of items and the forms that they open, and the form of a report."""
