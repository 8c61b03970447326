"""What is known of one picture: its form, and the PDQ hashes of the views that are compared."""

from pydantic import BaseModel, ConfigDict

HASHING_VERSION = 1
"""Rises when a view or the way to its hash changes; hashes of different versions are never compared."""

MIN_QUALITY = 50
"""PDQ's own measure (0 to 100) of how much there is to see: below it a hash says nothing, and is not kept."""

TURNS = ("full", "turn90", "turn180", "turn270", "flip", "mirror", "turn90_flip", "turn90_mirror")
"""The whole picture in its eight positions, in the order in which pdqhash gives them."""

CROPS = (5, 10, 15, 20)
"""Centre crops: per cent of width and height that are cut off."""

KNOWN_VIEWS = (
    *TURNS,
    "trimmed",
    "trimmed_mirror",
    "top86",
    "top86_mirror",
    *(f"crop{share}" for share in CROPS),
)
"""The views of the known picture: a recall's, or one of a listing that went."""

UPRIGHT_VIEWS = ("full", *(view for view in KNOWN_VIEWS if view not in TURNS), "mirror")
"""Those of the known picture that stands upright: nobody was seen to turn a picture round to sell a thing again."""

ASKED_VIEWS = ("full", "trimmed", "top86", "left", "right")
"""The views of the picture that is asked about: `left` and `right` are its halves, for collages."""


class PictureFacts(BaseModel):
    """One picture, read. `trouble` says why nothing more is known: `format`, `too_large`, `broken`, `limits`,
    `no_reader`, with detail after a colon. `hashes` maps a view to 256 bits in hexadecimal; views below
    `MIN_QUALITY` are left out. `quality` is that of the whole picture; sizes in pixels."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    trouble: str = ""
    format: str = ""
    width: int = 0
    height: int = 0
    quality: int = 0
    hashes: dict[str, str] = {}
    hashing_version: int = HASHING_VERSION
