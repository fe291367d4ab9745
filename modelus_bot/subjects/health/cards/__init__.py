"""What /dbhealth shows: the overview, latencies, and views that come in pages."""
