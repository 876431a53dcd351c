"""Grids of the whole Earth: one definition, readers of providers' files, a store.

`definition` says where a cell is; `readers` give datasets of grids; `ingest` takes them into the
archive, where `store` keeps them; `spread` tests how a grid lies against the auroral oval.
"""
