"""The ways in which a name is written so that a filter misses it, each a seeded edit of the name as it was."""

import random
from collections.abc import Callable

LEET = str.maketrans("aeiost", "@31057")
HOMOGLYPHS = str.maketrans("aceopxyi", "асеорхуі")
NOISE = (
    "new|sale|hot|2024|free shipping|best quality|gift|wholesale|original|fashion|high quality|usa stock|fast delivery"
).split("|")

Edit = Callable[[str, random.Random], str]


def leet(name: str, draw: random.Random) -> str:
    """Two letters in five become digits or signs, in words of four letters and more."""
    return " ".join(
        "".join(c.translate(LEET) if at and len(word) > 3 and draw.random() < 0.4 else c for at, c in enumerate(word))
        for word in name.lower().split()
    )


def homoglyphs(name: str, draw: random.Random) -> str:
    """Half of the letters that have one become Cyrillic look-alikes."""
    return "".join(c.translate(HOMOGLYPHS) if draw.random() < 0.5 else c for c in name.lower())


def spaced(name: str, draw: random.Random) -> str:
    """One word of four letters and more is spaced or dotted out."""
    words = name.split()
    long = [at for at, word in enumerate(words) if len(word) > 3 and word.isalpha()]
    for at in draw.sample(long, min(1, len(long))):
        words[at] = draw.choice(" .").join(words[at])
    return " ".join(words)


def typos(name: str, draw: random.Random) -> str:
    """A letter doubled, dropped or swapped with the next, in one or two words of five letters and more."""
    words = name.split()
    long = [at for at, word in enumerate(words) if len(word) > 4]
    for at in draw.sample(long, min(2, len(long))):
        word, place = words[at], draw.randrange(1, len(words[at]) - 1)
        kind = draw.randrange(3)
        swapped = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
        words[at] = (word[:place] + word[place] + word[place:], word[:place] + word[place + 1 :], swapped)[kind]
    return " ".join(words)


def glued(name: str, draw: random.Random) -> str:
    """Two neighbouring words run together."""
    words = name.split()
    if len(words) > 1:
        at = draw.randrange(len(words) - 1)
        words[at : at + 2] = [words[at] + words[at + 1]]
    return " ".join(words)


def noise(name: str, draw: random.Random) -> str:
    """Five words that shops put into any title, before and behind."""
    extra = draw.sample(NOISE, 5)
    return " ".join([*extra[:2], name, *extra[2:]])


EDITS: dict[str, Edit] = {
    "leet": leet, "homoglyphs": homoglyphs, "spaced letters": spaced, "typos": typos, "glued words": glued,
    "noise words": noise,
}  # fmt: skip
