"""Conditions of a search: on records, on what is derived from a place and a time, on results."""
