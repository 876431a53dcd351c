"""What is known about every instrument: arrays, sites, spacecraft, event lists and their schemas.

`core.instruments.registry` gathers the descriptions; a new imager array is one more module here.
"""
