"""The way to Discord: logging in, staying connected, what is registered there, and how each of them ends."""
