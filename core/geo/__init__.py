"""Directions and distances on the sphere, magnetic coordinates, footprints, the Sun.

All angles are degrees and all distances kilometres. `sphere` holds the one radius and the one
formula of distance; `magnetic` (aacgmv2) and `irbem` hold libraries that are not safe in threads,
each behind a lock of its own; `footprints` traces field lines.
"""
