"""components of Aurora Atlas."""
