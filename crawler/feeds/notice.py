"""The record that every feed's reader hands over: one notice of an authority, in the interchange form.

The interchange form (`--source jsonl`, one JSON object a line) is this record with empty fields left out, so that
any group can bring or take a list. Ids stay as given. Text is kept as the source has it, except for markup.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

NoticeKind = Literal["recall", "ban", "standard", "warning", "violation", "platform-notice", "alert"]
Scope = Literal["all_units", "certain_units", "unknown"]
IdentifierKind = Literal["gtin", "model", "asin", "batch", "serial", "brand", "seller", "listing"]
Provenance = Literal["structured", "prose"]
FactKind = Literal["price_usd", "sold", "made", "colour", "size"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Product(_Part):
    """One product that a notice names."""

    name: str
    model: str = ""
    description: str = ""
    units: str = ""


class Firm(_Part):
    """A party of a notice; `role` as the source calls it: manufacturer, importer, distributor, retailer, seller."""

    name: str
    role: str


class Image(_Part):
    """A picture that the authority shows of the product."""

    url: str
    caption: str = ""


class Identifier(_Part):
    """A value that names the product. `span` quotes the source where it was read from prose; `valid` False is kept
    but never matched on (a GTIN whose check digit is wrong)."""

    kind: IdentifierKind
    value: str
    provenance: Provenance = "structured"
    span: str = ""
    valid: bool = True


class Fact(_Part):
    """What prose says of the sale or the look, quoted in `span`: `price_usd` and months (`sold`, `made`: 2024-05) from
    `value` up to `to`, "" where the text gives one only; a `colour` or `size` is `value` alone."""

    kind: FactKind
    value: str
    to: str = ""
    span: str = ""


class Link(_Part):
    """A tie to another notice: `joint`, `expands`, `reannounces`, `follows`, `supersedes`. `target` is an id, a URL, an
    authority, or the day or month of a recall by the same one; `span` quotes the words that it was read from."""

    kind: str
    target: str
    span: str = ""


class Notice(_Part):
    """One notice as its source has it. Days are ISO 8601 without a zone: the authority's own calendar day."""

    id: str
    kind: NoticeKind
    authority: str
    number: str
    published_on: str = ""
    updated_on: str = ""
    title: str = ""
    url: str = ""
    description: str = ""
    products: tuple[Product, ...] = ()
    firms: tuple[Firm, ...] = ()
    sold_at: str = ""
    hazards: tuple[str, ...] = ()
    remedies: tuple[str, ...] = ()
    remedy_options: tuple[str, ...] = ()
    injuries: tuple[str, ...] = ()
    upcs: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    units: str = ""
    countries: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    consumer_contact: str = ""
    completeness: str = ""
    language: str = "en"
    identifiers: tuple[Identifier, ...] = ()
    facts: tuple[Fact, ...] = ()
    links: tuple[Link, ...] = ()
    scope: Scope = "unknown"
    flags: tuple[str, ...] = Field(default=(), description="oddities that a person should know of, as `flag: words`")
    extra: dict[str, str] = Field(default={}, description="fields of the source that this form has no place for")
    verified: bool = True
