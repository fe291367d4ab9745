"""Maps as files: regions with names and outlines, from tiles, GeoJSON or SVG, within limits. Pure.

``read_map`` is the way in. What it takes may come from anywhere, so every part counts what it makes.
"""
