"""Places: configured channels and roles can be used, or administrators are told once."""
