"""What holds for fingerprints whatever is written or drawn: order, case and borders don't matter, sizes are bounded."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.pictures.views import trimmed
from monitor.pictures.index import PictureIndex
from monitor.pictures.likeness import STRONG, agreement, distances, words_of
from monitor.relisting.agree import description_field, title_share
from monitor.relisting.chains import roots
from monitor.relisting.decisions import Link
from monitor.relisting.prints import SKETCH, Version, prints_of, shingles_of, sketch_of
from monitor.relisting.texts import Postings
from tests.unit.relisting.market import WENT_AT

SENTENCE = st.lists(st.sampled_from("red blue kettle walker seat tray with six wheels and music".split()), min_size=1)
TEXTS = st.lists(SENTENCE.map(" ".join), max_size=12)
HASHES = st.binary(min_size=32, max_size=32).map(bytes.hex)


@given(TEXTS, st.randoms(use_true_random=False))
def test_sentences_may_change_places(sentences: list[str], chance: object) -> None:
    other = list(sentences)
    chance.shuffle(other)  # type: ignore[attr-defined]
    assert shingles_of(". ".join(sentences)) == shingles_of(". ".join(other))


@given(TEXTS)
def test_case_and_space_don_t_matter(sentences: list[str]) -> None:
    text = ". ".join(sentences)
    assert shingles_of(text) == shingles_of(text.upper().replace(" ", "   "))


@given(st.text(max_size=400), st.text(max_size=100))
def test_any_text_has_bounded_fingerprints_and_agrees_with_itself(text: str, title: str) -> None:
    prints = prints_of(Version("m:1", title=title, description=text))
    assert len(prints.shingles) <= SKETCH
    assert list(prints.shingles) == sorted(set(prints.shingles))
    assert title_share(prints, prints) in (0.0, 1.0)
    field = description_field(prints, prints, frozenset())
    assert field is None or field.share == 1.0


@given(st.integers(0, 10**6), st.integers(800, 2000))
@settings(max_examples=25)
def test_samples_of_long_texts_estimate_what_they_share(seed: int, length: int) -> None:
    """A text and a half of it: the share of the shorter one that agrees is near 1."""
    words = [f"w{number}y" for number in np.random.default_rng(seed).integers(0, 50_000, length).tolist()]
    long, half = " ".join(words), " ".join(words[: len(words) // 2])
    mine, theirs = (prints_of(Version("m:1", description=text)) for text in (long, half))
    field = description_field(mine, theirs, frozenset())
    assert field is not None
    assert field.share >= 0.95


@given(st.lists(HASHES, min_size=1, max_size=40), st.lists(HASHES, min_size=1, max_size=5))
def test_distances_are_those_of_the_bits(known: list[str], asked: list[str]) -> None:
    apart = distances(words_of(known), words_of(asked))
    for row, one in enumerate(known):
        for column, other in enumerate(asked):
            assert apart[row, column] == (int(one, 16) ^ int(other, 16)).bit_count()


@given(st.integers(0, 2**32), st.integers(0, STRONG))
@settings(max_examples=30)
def test_the_search_by_pieces_misses_nothing(seed: int, changed: int) -> None:
    chance = np.random.default_rng(seed)
    raw = chance.integers(0, 256, (2500, 32), dtype=np.uint8)
    near = raw[7].copy()
    for bit in chance.choice(256, changed, replace=False):
        near[bit // 8] ^= 1 << (bit % 8)
    index = PictureIndex([row.tobytes().hex() for row in raw])
    rows, places, apart = index.within([near.tobytes().hex()])
    assert (0, 7, changed) in set(zip(rows.tolist(), places.tolist(), apart.tolist(), strict=True))
    every = index._all(words_of([near.tobytes().hex()]), STRONG)
    assert sorted(places.tolist()) == sorted(every[1].tolist())


@given(HASHES, HASHES)
def test_a_picture_agrees_with_itself_whatever_else_it_holds(one: str, other: str) -> None:
    found = agreement({"full": one, "trimmed": other}, {"full": other})
    assert found is not None
    assert found.distance == 0


@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 20), st.integers(0, 20), st.integers(0, 255))
def test_trimming_takes_no_more_than_edges(rows: int, columns: int, top: int, left: int, colour: int) -> None:
    chance = np.random.default_rng(rows * 61 + columns)
    inside = chance.integers(0, 256, (rows, columns, 3), dtype=np.uint8)
    framed = np.full((rows + top, columns + left, 3), colour, dtype=np.uint8)
    framed[top:, left:] = inside
    part = trimmed(framed)
    assert part.size
    assert part.shape[0] <= framed.shape[0]
    assert part.shape[1] <= framed.shape[1]


@given(st.lists(st.lists(st.integers(0, 200), max_size=60).map(lambda one: tuple(sorted(set(one)))), max_size=8))
def test_the_inverted_index_finds_what_shares_most(texts: list[tuple[int, ...]]) -> None:
    index = Postings(texts)
    for text in texts:
        shared = [len(set(text) & set(other)) for other in texts]
        found = index.most_alike(text, 1, 1, len(texts))
        assert found == sorted((place for place, one in enumerate(shared) if one), key=lambda place: -shared[place])


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=20))
def test_listings_of_one_lineage_have_one_root(pairs: list[tuple[int, int]]) -> None:
    found = [Link(number, f"m:{old}", f"m:{new}", True, WENT_AT) for number, (old, new) in enumerate(pairs)]
    root_of = roots(found)
    assert all(root_of[link.old_listing_key] == root_of[link.new_listing_key] for link in found)
    assert len(set(root_of.values())) >= len(root_of) - len(pairs)


def test_a_short_text_has_no_shingle() -> None:
    assert sketch_of("only four words here") == ((), True)
