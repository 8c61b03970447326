"""Synthetic photographs, drawn from a seed, and what sellers do to pictures: cut, frame, mirror, label, join."""

import random
from collections.abc import Callable
from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter

SIZE = (640, 480)
Edit = Callable[[Image.Image, random.Random], Image.Image]


def photo(seed: int, size: tuple[int, int] = SIZE) -> Image.Image:
    """A scene that fills the frame: ground and backdrop in soft light, things on it, and grain."""
    chance = random.Random(f"photo:{seed}")
    width, height = size
    small = Image.new("RGB", (chance.randint(4, 9), chance.randint(3, 7)))
    small.putdata([_colour(chance) for _ in range(small.width * small.height)])
    image = small.resize(size, Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(image)
    for _ in range(chance.randint(8, 22)):
        x, y = chance.randrange(width), chance.randrange(height)
        wide, high = chance.randint(width // 20, width // 3), chance.randint(height // 20, height // 3)
        box = (x - wide // 2, y - high // 2, x + wide // 2, y + high // 2)
        chance.choice((draw.ellipse, draw.rectangle))(box, fill=_colour(chance))
    for _ in range(chance.randint(2, 8)):
        ends = [(chance.randrange(width), chance.randrange(height)) for _ in range(2)]
        draw.line(ends, fill=_colour(chance), width=chance.randint(2, 18))
    return _grained(image.filter(ImageFilter.GaussianBlur(chance.uniform(0.5, 2.5))), chance)


def product_shot(seed: int, size: tuple[int, int] = SIZE) -> Image.Image:
    """One thing of a few parts on white, as shops show it."""
    chance = random.Random(f"shot:{seed}")
    width, height = size
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    for _ in range(chance.randint(4, 9)):
        x, y = chance.gauss(width / 2, width / 9), chance.gauss(height / 2, height / 9)
        wide, high = chance.randint(width // 16, width // 4), chance.randint(height // 16, height // 4)
        box = (x - wide, y - high, x + wide, y + high)
        chance.choice((draw.ellipse, draw.rectangle))(box, fill=_colour(chance))
    return image.filter(ImageFilter.GaussianBlur(1.0))


def resized_jpeg(image: Image.Image, chance: random.Random) -> Image.Image:
    share = chance.uniform(0.35, 0.9)
    small = image.resize((int(image.width * share), int(image.height * share)))
    return Image.open(BytesIO(encoded(small, "JPEG", quality=chance.randint(40, 85)))).convert("RGB")


def bannered(image: Image.Image, chance: random.Random) -> Image.Image:
    """A band with words over 5 to 20 % of one end."""
    copy, draw_height = image.copy(), int(image.height * chance.uniform(0.05, 0.20))
    draw = ImageDraw.Draw(copy)
    top = 0 if chance.random() < 0.3 else image.height - draw_height
    draw.rectangle((0, top, image.width, top + draw_height), fill=_colour(chance))
    draw.text((20, top + draw_height // 4), "FREE SHIPPING  50% OFF", fill=_colour(chance), font_size=draw_height // 2)
    return copy


def badged(image: Image.Image, chance: random.Random) -> Image.Image:
    """A round badge in a corner."""
    copy, side = image.copy(), int(min(image.size) * chance.uniform(0.15, 0.3))
    x, y = chance.choice((0, image.width - side)), chance.choice((0, image.height - side))
    ImageDraw.Draw(copy).ellipse((x, y, x + side, y + side), fill=_colour(chance))
    return copy


def cropped(low: float, high: float) -> Edit:
    """Cut off between `low` and `high` of width and of height, unevenly."""

    def cut(image: Image.Image, chance: random.Random) -> Image.Image:
        x, y = chance.uniform(low, high) * image.width, chance.uniform(low, high) * image.height
        left, top = x * chance.random(), y * chance.random()
        return image.crop((int(left), int(top), int(image.width - x + left), int(image.height - y + top)))

    return cut


def bordered(image: Image.Image, chance: random.Random) -> Image.Image:
    """A plain frame of uneven width."""
    left, right, top, bottom = (int(chance.uniform(0.02, 0.2) * side) for side in (*image.size, *image.size))
    framed = Image.new("RGB", (image.width + left + right, image.height + top + bottom), _colour(chance))
    framed.paste(image, (left, top))
    return framed


def mirrored(image: Image.Image, chance: random.Random) -> Image.Image:
    return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def half_of_collage(image: Image.Image, chance: random.Random) -> Image.Image:
    """The picture beside another one of the same size."""
    joined = Image.new("RGB", (image.width * 2, image.height))
    other = photo(chance.randrange(10**9) + 10**9, image.size)
    pair = [image, other] if chance.random() < 0.5 else [other, image]
    for place, one in enumerate(pair):
        joined.paste(one, (place * image.width, 0))
    return joined


EDITS: dict[str, Edit] = {
    "resize and JPEG": resized_jpeg,
    "banner 5-20 %": bannered,
    "corner badge": badged,
    "crop 3-10 %": cropped(0.03, 0.10),
    "crop 10-20 %": cropped(0.10, 0.20),
    "uneven border": bordered,
    "mirror": mirrored,
    "half of a collage": half_of_collage,
}


def encoded(image: Image.Image, form: str = "JPEG", **how: int) -> bytes:
    """The bytes of a picture file."""
    out = BytesIO()
    image.save(out, form, **how)
    return out.getvalue()


def _grained(image: Image.Image, chance: random.Random) -> Image.Image:
    grain = Image.effect_noise(image.size, chance.uniform(4, 12)).convert("RGB")
    return Image.blend(image, grain, 0.06)


def _colour(chance: random.Random) -> tuple[int, int, int]:
    return chance.randrange(256), chance.randrange(256), chance.randrange(256)
