"""callbacks of Aurora Atlas."""
