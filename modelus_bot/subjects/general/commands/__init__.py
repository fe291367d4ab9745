"""/help with its pages, /ping and /about."""
