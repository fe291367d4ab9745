"""Decisions about tasks: how late and at risk one is, who may see it, how a sprint burns down. Pure."""
