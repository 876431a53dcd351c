"""The embedded archive: simulated records of every source, physically coherent and repeatable.

`build.build_archive` makes it. Everything is a function of the seed and of absolute time, never
of which days were asked for; parameters and their sources are in docs/topics/simulation.md.
"""
