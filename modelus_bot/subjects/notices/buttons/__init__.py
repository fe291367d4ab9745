"""What is pressed about notices: ``opening`` one of them, ``choosing`` how a kind is delivered."""
