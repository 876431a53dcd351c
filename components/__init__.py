"""What pages are made of: functions from state to Dash components.

`ids` names every component; modules begin with the name of their page. State, its query string
(`finder_state`, `urlstate`, `keogram_state`) and code to take away (`snippets`) live here as well.
"""
