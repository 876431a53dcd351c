"""One aurora for the whole Earth: the emission at any place and time, known without its past."""

from core.simulation.aurora.field import BANDS, Aurora
from core.simulation.aurora.parts import PARTS, RAYED

__all__ = ["BANDS", "PARTS", "RAYED", "Aurora"]
