"""Pictures, keograms and movies from the command line: ``python -m core image|keogram|movie``."""
