"""Booking what moves, and setting right what was booked by mistake."""
