"""/backup, and the question to a second administrator before a restore."""
