"""Simulated all-sky imagers: the procedural sky through each camera's own lens and detector.

Every value of a frame depends on its camera, its pixel and its time alone, so that a column of a
frame, a keogram and a whole frame agree to the last bit whichever is asked for.
"""

from core.simulation.cameras.imagers import SimulatedImagers
from core.simulation.cameras.version import MODEL_VERSION

__all__ = ["MODEL_VERSION", "SimulatedImagers"]
