"""Which of the due searches fit into a run, and what is left: a pure function, and the reading of a finished run."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from crawler.plan import Slot
from crawler.record import CAPTURES_FILE, Capture, Outcome
from crawler.recovery import last_capture
from crawler.sitemaps import SITEMAP
from monitor.discovery.route import Outlook, Route
from monitor.discovery.routes import ROUTES


@dataclass(frozen=True)
class Chosen:
    """The searches of a run, and how many were due and did not fit, by route and marketplace (`api_search ebay`)."""

    slots: list[Slot] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Unsearched:
    """A search that has more pages than its budget allowed, or that brought no answer."""

    marketplace: str
    route: str
    query: str
    pages_read: int
    why: str


def due_searches(outlook: Outlook, routes: Sequence[Route] = ROUTES) -> Chosen:
    """The searches of the next run from all routes, within the operator's budget of pages."""
    due = [slot for route in routes for slot in route.due(outlook)]
    return within(due, outlook.settings.discovery.pages_per_run)


def within(due: Iterable[Slot], pages: int) -> Chosen:
    """As many of the due searches as `pages` can hold in the worst case, the marketplaces in turn, so that none starves
    another. Within a marketplace the order stays. Slots are numbered anew."""
    queues: dict[str, deque[Slot]] = defaultdict(deque)
    for slot in due:
        queues[slot.marketplace].append(slot)
    chosen: list[Slot] = []
    left: Counter[str] = Counter()
    while queues:
        for name in sorted(queues):
            slot = queues[name].popleft()
            if slot.max_pages <= pages:
                pages -= slot.max_pages
                chosen.append(slot.model_copy(update={"slot_id": f"search-{len(chosen):05d}"}))
            else:
                left[f"{slot.route} {slot.marketplace}"] += 1
            if not queues[name]:
                del queues[name]
    return Chosen(chosen, dict(sorted(left.items())))


def unsearched(slots: Iterable[Slot], captures: Iterable[Capture]) -> list[Unsearched]:
    """What a run's searches left: further pages beyond the budget, and searches without an answer."""
    pages: dict[str, list[Capture]] = defaultdict(list)
    for capture in captures:
        pages[capture.slot_id].append(capture)
    found = []
    for slot in slots:
        if slot.purpose != "search":
            continue
        read = sorted(pages.get(slot.slot_id, []), key=lambda one: one.page)
        why = _why(slot, read)
        if why:
            query = slot.query.partition("\n")[0]
            found.append(Unsearched(slot.marketplace, slot.route, query, len(read), why))
    return found


def captures_in(folder: Path) -> Iterator[Capture]:
    """The captures of a finished run."""
    with (folder / CAPTURES_FILE).open(encoding="utf-8") as file:
        for line in file:
            yield Capture.model_validate_json(line)


def _why(slot: Slot, read: list[Capture]) -> str:
    last = read[-1] if read else None
    if last is None or last.outcome is not Outcome.FETCHED:
        return f"not answered: {last.reason or last.outcome}" if last else "not made"
    reading = last.reading
    read_well = ("searched", "no_results", *(("unclear",) if slot.route == SITEMAP else ()))
    if reading is None or str(reading.judgement.state) not in read_well:
        says = "unread" if reading is None else f"{reading.judgement.state} ({reading.judgement.says})"
        return f"page {last.page} was not searched: {says}"
    state = None
    for capture in read:
        state = last_capture(capture, state)
    more = state is not None and state.next_page_url
    return "more pages than the budget" if more and last.page >= slot.page + slot.max_pages - 1 else ""
