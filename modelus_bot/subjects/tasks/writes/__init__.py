"""Adding, changing, moving and handing out tasks, and the daily check."""
