"""Making blocs, inviting to them, answering, leaving, and what their leaders do."""
