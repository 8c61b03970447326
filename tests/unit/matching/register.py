"""A small register and market of our own making: every kind of case that the matcher has to tell apart."""

from crawler.feeds.notice import Firm, Identifier, Notice, NoticeKind, Product
from monitor.matching.records import Listing


def notice(
    number: str,
    title: str,
    *names: str,
    firms: tuple[str, ...] = (),
    description: str = "",
    kind: NoticeKind = "recall",
    published_on: str = "2024-05-02",
    identifiers: tuple[Identifier, ...] = (),
    sold_at: str = "",
) -> Notice:
    return Notice(
        id=f"test:{number}",
        kind=kind,
        authority="test",
        number=number,
        title=title,
        published_on=published_on,
        products=tuple(Product(name=name) for name in names),
        firms=tuple(Firm(name=firm, role="manufacturer") for firm in firms),
        description=description,
        identifiers=identifiers,
        sold_at=sold_at,
    )


REGISTER = (
    notice(
        "stroller",
        "Tavolino Recalls Strollers Due to Strangulation Hazard",
        "Tavolino Vento Alto and BriskWay strollers and travel systems",
        firms=("Tavolino Inc., of Dover, Delaware",),
        sold_at="Sold at stores nationwide for between $150 and $220.",
    ),
    notice(
        "grill",
        "Korvath Recalls Gas Grills Due to Fire Hazard",
        "Korvath Ember E, S, EP 420 Series Gas Grills",
        firms=("Korvath Home LLC",),
    ),
    notice(
        "bank",
        "Zelpo Recalls Power Banks Due to Fire Hazard",
        "Zelpo VoltCore 9000 Power Banks (model ZP1263 only)",
        firms=("Zelpo Innovations Ltd., of China",),
        identifiers=(Identifier(kind="gtin", value="036000291452"),),
    ),
    notice("toys", "Wibblo Recalls Toys Due to Choking Hazard", "Wibblo Toys", firms=("Wibblo",)),
    notice(
        "ladder",
        "Splosh Recalls Pool Ladders Due to Fall Hazard",
        'Splosh "Quick Rise" Above-Ground Pool Ladders',
        firms=("Splosh Corp.",),
    ),
    notice(
        "adapter",
        "Tavolino Recalls Car Seat Adapters Due to Fall Hazard",
        "Tavolino Glidefix Car Seat Adapters",
        firms=("Tavolino Inc.",),
    ),
    notice(
        "bunny",
        "Plushmoor Recalls Bunny Toys",
        "Plushmoor Giggle and Grow Learning Bunny",
        firms=("Plushmoor",),
    ),
    notice(
        "magnets",
        "CPSC Warns Consumers to Immediately Stop Using Xorby Magnetic Balls",
        "Xorby 5mm Magnetic Balls",
        kind="warning",
        description="The magnets violate 16 CFR part 1262.",
    ),
    notice(
        "shoe",
        "Striddo Recalls Infant Sneakers Due to Choking Hazard",
        "Striddo Tinystep Infant Booties",
        firms=("Striddo",),
    ),
    notice("crib", "Lullaway Recalls Cribs", "Lullaway drop-side cribs", firms=("Lullaway Furniture",)),
)


def listing(title: str, **facts: str) -> Listing:
    return Listing(listing_id=facts.pop("listing_id", "shop:1"), title=title, **facts)
