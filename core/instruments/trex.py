"""What the four arrays of the Transition Region Explorer share."""

from __future__ import annotations

ACKNOWLEDGEMENT = (
    "Transition Region Explorer (TREx): a joint project of the University of Calgary, the Canada "
    "Foundation for Innovation, the Canadian Space Agency and the Government of Alberta."
)
RULES = (
    "Name TREx and the University of Calgary in publications, and ask the team when the images "
    "are central to the result."
)
CITATION = "Transition Region Explorer, University of Calgary"
