"""Pulsating aurora: patches that go on and off in the morning."""

from __future__ import annotations

from core.simulation.aurora.scene import Scene
from core.simulation.aurora.shapes import Float32


def pulsating(scene: Scene) -> Float32 | None:
    """Return the green emission of pulsating patches."""
    return None
