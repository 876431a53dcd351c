"""Every speed claim of the program, measured beside its peer in one run."""
