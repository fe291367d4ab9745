"""/nation, /nation-admin, /rank, and the entry in the menu of members."""
