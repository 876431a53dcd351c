"""Lines of sight, distances, magnetic coordinates, field lines, the Sun, the Moon and twilight.

All angles are degrees and all distances kilometres; names that end in `_m` are metres. `sphere`
holds the one radius and the one formula of distance, `wgs84` the ellipsoid. `sightline` goes from
directions to places and back, `field_of_view` draws what an imager sees. `magnetic` (aacgmv2) and
`irbem` hold libraries that are not safe in threads, each behind the one lock of the process;
`footpoint` and `footprints` follow field lines down, `apex` up. `sun`, `moon` and `twilight` say
how dark it is.
"""
