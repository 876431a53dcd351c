"""HAPI, the Heliophysics Application Programmer's Interface, over the observatory.

Datasets and their descriptions, requests, and streams of records as CSV, JSON and binary, after
the specification of HAPI 3.3. How it is served is told in `api/hapi.py`.
"""
