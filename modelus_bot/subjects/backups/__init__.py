"""/backup: verified copies, what going back would change, going back, and rehearsing it."""
