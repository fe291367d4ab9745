"""/task: making tasks, working on them, and looking at them."""
