"""api of Aurora Atlas."""
