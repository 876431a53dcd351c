"""pages of Aurora Atlas."""
