"""Version of the model of sky and cameras."""

MODEL_VERSION = 5
"""Raised whenever a frame of the same camera and time comes out differently; keys of caches."""
