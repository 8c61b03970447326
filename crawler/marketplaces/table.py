"""The reference pages that are made from data: which signatures are verified, and what each rule says.

`python -m crawler.marketplaces.table` writes them; a test holds them in step with the descriptions and the rules.
"""

from pathlib import Path

from crawler.marketplaces.base import Marketplace
from crawler.marketplaces.evidence import RULES_VERSION, Rule
from crawler.marketplaces.ladder import RULES
from crawler.marketplaces.registry import Registry, common_walls, load_registry
from crawler.marketplaces.search_ladder import CAPTURE_RULES, SEARCH_RULES
from crawler.marketplaces.states import STANDING, State
from crawler.reading import MarkKind

_ENDS = (MarkKind.REMOVED_POLICY, MarkKind.REMOVED, MarkKind.SELLER_GONE, MarkKind.VARIANT_GONE, MarkKind.ENDED)
_REFUSALS = (MarkKind.NOT_SHIPPED, MarkKind.GEO_BLOCKED)


def marketplaces_page(registry: Registry) -> str:
    """docs/reference/marketplaces.md."""
    lines = [
        "# Marketplaces and what is verified",
        "",
        "Made from the `marketplace.toml` of each folder by `python -m crawler.marketplaces.table`; don't edit.",
        "",
        "A signature is *verified* when a person has confirmed it on a saved page of that site and layout. An end, or",
        "a refusal to ship, that is told only by an unverified signature gives `unverified` and goes to a person.",
        "So a site with `none` in the column *can be said to be gone* can't be said to have removed anything today.",
        "",
        "| marketplace | hosts | rendering | automation, by its terms | can be said to be gone "
        "| can be said not to ship |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    sites = sorted(registry, key=lambda one: one.name)
    lines += [_summary(one) for one in sites]
    lines += ["", "## Signatures", ""]
    for one in sites:
        lines += [*_signatures(one), ""]
    lines += ["### Walls of services that guard many sites", "", "Tested for on every marketplace.", ""]
    lines += [f"- `{wall['id']}`: {wall.get('note', '')}" for wall in common_walls()]
    return "\n".join(lines) + "\n"


def _summary(one: Marketplace) -> str:
    site = one.site
    hosts = ", ".join(site.hosts[:3]) + (f" and {len(site.hosts) - 3} more" if len(site.hosts) > 3 else "")
    return (
        f"| {site.name} | {hosts or 'any'} | {site.render} | {site.terms.automation} "
        f"| {_verified(one, _ENDS)} | {_verified(one, _REFUSALS)} |"
    )


def _verified(one: Marketplace, kinds: tuple[MarkKind, ...]) -> str:
    found = [sign.id for sign in one.site.signatures if sign.kind in kinds and sign.verified is not None]
    return ", ".join(f"`{sign}`" for sign in found) or "none"


def _signatures(one: Marketplace) -> list[str]:
    common = {wall["id"] for wall in common_walls()}
    own = [sign for sign in one.site.signatures if sign.id not in common]
    lines = [f"### {one.site.label} (`{one.name}`)", ""]
    if not own:
        return [*lines, "schema.org data only."]
    lines += ["| signature | says | layout | verified |", "| --- | --- | --- | --- |"]
    for sign in own:
        seen = f"{sign.verified.where}, by {sign.verified.by}, {sign.verified.on}" if sign.verified else "no"
        lines.append(f"| `{sign.id}` | {sign.kind.value} | {sign.layout or 'any'} | {seen} |")
    return lines


def rules_page() -> str:
    """docs/reference/rules.md."""
    lines = [
        "# Rules",
        "",
        f"Version {RULES_VERSION}. Made from the tables in `crawler/marketplaces` by",
        "`python -m crawler.marketplaces.table`; don't edit.",
        "",
        "A page object hands over marks and facts; these rules alone turn them into a state. They are asked in this",
        "order and the first that applies decides. Its id and the version go with every judgement, and `rebuild` asks",
        "the rules of today about the pages of months ago.",
        "",
        "Errors are asymmetric: to miss a takedown for a day widens an interval, to make one up accuses wrongly. So",
        "every doubt ends in an unknown state, evidence that this very item is on the page rules out walls, logins and",
        "shells, no status code or wall can ever give an off-sale state, and an end counts only by a signature that a",
        "person has confirmed.",
        "",
        "## A listing's page",
        "",
        "| rule | state | counts as | when and why |",
        "| --- | --- | --- | --- |",
    ]
    lines += [_rule(rule) for rule in RULES]
    lines += ["", "## A search page, or a seller's", "", "| rule | state | when and why |", "| --- | --- | --- |"]
    lines += [f"| `{rule.id}` | `{rule.state.value}` | {rule.why} |" for rule in SEARCH_RULES]
    lines += ["", "## A capture without a page", "", "| rule | when and why |", "| --- | --- |"]
    lines += [f"| `{rule}` | {why} |" for rule, why in CAPTURE_RULES.items()]
    return "\n".join(lines) + "\n"


def _rule(rule: Rule) -> str:
    state = State(rule.state.value)
    return f"| `{rule.id}` | `{state.value}` | {STANDING[state].value.replace('_', ' ')} | {rule.why} |"


def main() -> None:
    """Write both pages into the checkout's docs/reference."""
    folder = Path(__file__).resolve().parents[2] / "docs" / "reference"
    (folder / "marketplaces.md").write_text(marketplaces_page(load_registry()), "utf-8")
    (folder / "rules.md").write_text(rules_page(), "utf-8")


if __name__ == "__main__":
    main()
