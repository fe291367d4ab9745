"""The files as they are found, the rota after mending, and why files cannot be used."""
