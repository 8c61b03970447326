"""Reads an answer of an official interface into the same Reading as a page, so that the same ladder decides.

An answer that is an error of the interface (key, quota, server, malformed JSON) is a failure. Only the documented
"no such item" shows a sign of an end, by a signature of the marketplace with its own verified status.
"""

import logging

from crawler.apis.base import LAYOUT, Api, ApiAnswer, Findings, Sign
from crawler.apis.registry import api_of
from crawler.clock import read_instant
from crawler.extract.scripts import read_json
from crawler.marketplaces.base import Marketplace
from crawler.marketplaces.evidence import MISSING, REFUSALS, Evidence
from crawler.marketplaces.ladder import judge_listing
from crawler.marketplaces.registry import Registry
from crawler.marketplaces.search_ladder import judge_search
from crawler.plan import Slot, Vantage
from crawler.reading import FetchedPage, ListingFacts, Mark, Reading

_log = logging.getLogger(__name__)


def read_answer(page: FetchedPage, slot: Slot, vantage: Vantage | None, registry: Registry) -> Reading:
    """What an answer to `slot` says. Raises BadInput where the marketplace is not known, and nothing for any bytes."""
    site, searches = registry.get(slot.marketplace), slot.purpose == "search"
    answer = ApiAnswer(
        site=site,
        data=read_json(page.body.decode("utf-8-sig", "replace")) if page.body.strip() else None,
        url=page.requested_url or page.url,
        status=page.status,
        asked_id=slot.listing_id,
        country=vantage.country if vantage else "",
        at=read_instant(page.at) if page.at else None,
    )
    findings = _findings(api_of(slot.marketplace), answer, searches)
    marks = tuple(_mark(site, sign) for sign in findings.signs)
    evidence = Evidence(
        marks=marks,
        facts=findings.facts,
        status=_status(answer, findings),
        asked_id=slot.listing_id,
        landed_id=slot.listing_id,
        asked_country=answer.country,
        verified=site.verified_for(LAYOUT, answer.url),
        unreadable=findings.trouble,
        hits=len(findings.hits),
    )
    return Reading(
        marketplace=site.name,
        kind="search" if searches else "listing",
        layout=LAYOUT,
        reader_version=site.site.reader_version,
        marks=marks,
        facts=None if searches else _completed(findings, site, slot.listing_id),
        hits=findings.hits,
        next_page_url=findings.next_page_url,
        judgement=judge_search(evidence) if searches else judge_listing(evidence),
        notes=findings.notes,
    )


def _findings(api: Api | None, answer: ApiAnswer, searches: bool) -> Findings:
    if api is None:
        return Findings(trouble="there is no reader for this interface")
    if answer.data is None:
        return Findings(trouble="the answer is no JSON")
    try:
        return api.search(answer) if searches else api.item(answer)
    except Exception as error:
        _log.exception("could not read an answer of %s", api.label)
        return Findings(trouble=f"the reader failed: {type(error).__name__}")


def _status(answer: ApiAnswer, findings: Findings) -> int | None:
    """The status as the ladder may weigh it. Where the answer itself tells the documented end from an error, its 404
    (or 400) says nothing more; a 404 that the answer doesn't explain is a failure, no missing page."""
    if answer.status in REFUSALS or (answer.status or 0) >= 500:
        return answer.status
    if findings.trouble:
        return None if answer.status in MISSING else answer.status
    return None if findings.signs and (answer.status or 200) >= 400 else answer.status


def _mark(site: Marketplace, sign: Sign) -> Mark:
    declared = site.signature(sign.signature)
    if declared is None:
        raise KeyError(f"{site.name} declares no signature {sign.signature}")
    return Mark(kind=declared.kind, signature=sign.signature, where=sign.where, says=sign.says[:300])


def _completed(findings: Findings, site: Marketplace, asked_id: str) -> ListingFacts:
    facts = findings.facts
    listing_id = facts.listing_id or asked_id
    return facts.model_copy(update={"listing_id": listing_id, "url": facts.url or site.listing_url(listing_id)})
