"""Plotly figures made from what the observatory holds: one module a subject, no Dash."""
