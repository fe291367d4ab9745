"""Roles, who is active, linking imported people, and blanking what is kept of somebody who goes."""
