"""The track index: memory-mapped positions, made from the tables and thrown away at will."""
