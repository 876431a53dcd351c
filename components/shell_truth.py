"""What is true of the archive's records: simulated, observed, or both; in words for every page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

SIMULATED = "simulated"
Kind = Literal["simulated", "observed", "both", "empty"]


@dataclass(frozen=True, slots=True)
class Truth:
    """How many records are simulated and how many were observed (ingested or uploaded)."""

    simulated: int
    observed: int

    @property
    def kind(self) -> Kind:
        """Which of the two there are."""
        if self.simulated and self.observed:
            return "both"
        if self.simulated:
            return "simulated"
        return "observed" if self.observed else "empty"

    @property
    def label(self) -> str:
        """A word or three, for the header."""
        return {
            "simulated": "Simulated data",
            "observed": "Observed data",
            "both": "Simulated and observed",
            "empty": "Empty archive",
        }[self.kind]

    @property
    def sentence(self) -> str:
        """One sentence with the numbers."""
        simulated, observed = f"{self.simulated:,}", f"{self.observed:,}"
        things = "records and products of this archive"
        return {
            "simulated": f"All {simulated} {things} are simulated, not observed.",
            "observed": f"All {observed} {things} come from providers' files and uploads; none is "
            "simulated.",
            "both": f"{simulated} {things} are simulated and {observed} come from providers' files "
            "and uploads; each is marked.",
            "empty": "This archive holds no records yet.",
        }[self.kind]


def truth_of(counts: Mapping[str, int]) -> Truth:
    """Return the sums of `core.archive.provenance.provenance_counts`."""
    simulated = counts.get(SIMULATED, 0)
    return Truth(simulated, sum(counts.values()) - simulated)
