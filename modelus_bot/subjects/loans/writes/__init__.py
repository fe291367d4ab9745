"""Offering, answering, paying and ending loans."""
