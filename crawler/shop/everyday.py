"""Ordinary things that a search for a recalled product brings up too: they share a word with it and nothing else."""

from typing import NamedTuple


class Everyday(NamedTuple):
    """A thing, where the shop keeps it, and what it costs (whole US dollars)."""

    thing: str
    category: str
    price_low: int
    price_high: int


FINISHES = ("oak brown", "sea green")
"""Each thing is offered in each of these."""

EVERYDAY = (
    Everyday("Garden gate latch", "Outdoors", 9, 19),
    Everyday("Letter box for a gate post", "Outdoors", 30, 60),
    Everyday("Baby bib with pocket", "Family and leisure", 6, 14),
    Everyday("Baby photo frame", "Home", 12, 28),
    Everyday("Baby shower guest book", "Family and leisure", 14, 26),
    Everyday("Infant cotton hat", "Family and leisure", 7, 15),
    Everyday("Infant footprint keepsake", "Family and leisure", 15, 32),
    Everyday("Portable clothes line", "Travel", 9, 18),
    Everyday("Portable paint easel", "Home", 40, 85),
    Everyday("Portable picnic table", "Outdoors", 70, 125),
    Everyday("Convertible travel scarf", "Travel", 16, 34),
    Everyday("Convertible rucksack strap", "Travel", 10, 20),
    Everyday("Linen bed sheet", "Home", 40, 75),
    Everyday("Bed tray for breakfast", "Kitchen", 25, 55),
    Everyday("Coat rail with five hooks", "Home", 20, 45),
    Everyday("Towel rail for the bathroom", "Home", 30, 60),
    Everyday("Twin pillow case", "Home", 12, 30),
    Everyday("Twins birthday card", "Family and leisure", 4, 9),
    Everyday("Rain cape for a stroller ride", "Family and leisure", 20, 45),
    Everyday("Air plant in a glass bowl", "Home", 12, 26),
    Everyday("Hot air balloon print", "Home", 18, 40),
    Everyday("Oven glove, quilted", "Kitchen", 9, 18),
    Everyday("Oven thermometer", "Kitchen", 11, 22),
    Everyday("Zebra print wrapping paper", "Home", 5, 12),
    Everyday("Paint roller tray", "Home", 8, 17),
    Everyday("Ice tray with a tumbler stand", "Kitchen", 10, 22),
    Everyday("Toy chest of pine", "Home", 90, 190),
    Everyday("Toy story book of the sea", "Books", 8, 18),
    Everyday("Wire basket for a bicycle ride", "Outdoors", 22, 48),
    Everyday("Playpen number sign for a kennel", "Outdoors", 9, 18),
    Everyday("Bottle rack for six", "Kitchen", 25, 60),
    Everyday("Rope swing seat", "Outdoors", 40, 85),
)
