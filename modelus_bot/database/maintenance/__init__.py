"""Keeping the file in shape: optimising, checkpoints, vacuuming, pruning, and a reserve of disk space."""
