"""The audit log as administrators read it: by record, by member, and whether it is whole."""
