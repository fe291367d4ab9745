"""What sends notices: ``outbox`` looks who is to be sent something, ``delivery`` brings one message."""
