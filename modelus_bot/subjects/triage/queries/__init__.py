"""Items one by one and as queues, whom they go to, and what jobs have to bring up to date."""
