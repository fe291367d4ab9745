"""What always answers, with or without a database: /help, /ping, /about."""
