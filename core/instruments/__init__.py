"""To be described by its part."""
