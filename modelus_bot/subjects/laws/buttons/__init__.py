"""Pages of laws, and the forms in which they are written."""
