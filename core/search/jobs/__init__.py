"""Searches as jobs: their queue, who runs them, how far they are, what is kept."""
