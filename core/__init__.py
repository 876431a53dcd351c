"""The observatory itself: archive, search, imaging, geometry, simulation.

Nothing in this package knows of Dash or Flask. Times are UTC, latitudes and longitudes are
degrees, distances are kilometres on a sphere of 6371.2 km, and units stand in names.
"""

__version__ = "0.1.0"
