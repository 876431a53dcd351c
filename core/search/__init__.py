"""Searches: queries, the conjunction engine, jobs, results.

`query` reads what was asked; `load`, `kernel`, `runs` and `conjunctions` find it; `records` finds
ephemeris and data products; `service` is what pages and API use; `jobs`, `execution`, `monitor`
and `worker` run searches once each; `results` gives them out.
"""
