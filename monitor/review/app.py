"""The review desk over HTTP, on 127.0.0.1 only: one proposal after the other, one key a decision."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from crawler.clock import Clock
from crawler.errors import BadInput, StillForSaleError
from monitor.capture.saved import is_web_address
from monitor.localweb.guard import Door, Guard, refuse
from monitor.matching.records import Tier
from monitor.relisting.decisions import decide_relisting
from monitor.review.case import due_to, open_case, open_return
from monitor.review.decisions import decide
from monitor.store.session import Store
from monitor.verification.evidence import LookPage, look_page

WEB = Path(__file__).parent / "web"
FILES = {"review.css": "text/css", "review.js": "text/javascript"}
MAX_SENT_BYTES = 64_000
_NUMBER = re.compile(r"(r?)([0-9]{1,18})")
_PAGE_HEADERS = {"Cross-Origin-Opener-Policy": "same-origin"}


@dataclass
class ReviewSession:
    """Who reviews, on which ledger, and what this session did: numbers (`17`, `r17`) in the order of its decisions.

    `passed` are proposals that the reviewer left for later.
    """

    store: Store
    clock: Clock
    runs_dir: Path
    reviewer: str
    reviewers_needed: int
    decided: list[str] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)


def build_app(review: ReviewSession, door: Door, stop: Callable[[], None]) -> Starlette:
    """The desk's application; `stop` is called when the reviewer ends the session."""
    handlers = _Handlers(review, f"/{door.desk}", stop)
    routes = [
        Route("/{token}/", handlers.first, methods=["GET"]),
        Route("/{token}/case/{number}", handlers.case, methods=["GET"]),
        Route("/{token}/page/{look_id:int}", handlers.page, methods=["GET"]),
        Route("/{token}/shot/{look_id:int}", handlers.shot, methods=["GET"]),
        Route("/{token}/decide", handlers.decide, methods=["POST"]),
        Route("/{token}/pass", handlers.later, methods=["POST"]),
        Route("/{token}/end", handlers.end, methods=["POST"]),
        Route("/{token}/web/{name}", handlers.file, methods=["GET"]),
    ]
    return Starlette(routes=routes, middleware=[Middleware(Guard, door=door)], max_body_size=MAX_SENT_BYTES)


class _Handlers:
    def __init__(self, review: ReviewSession, root: str, stop: Callable[[], None]) -> None:
        self.review, self._root, self._stop = review, root, stop
        self._pages = Environment(loader=FileSystemLoader(WEB), autoescape=True, undefined=StrictUndefined)

    async def first(self, request: Request) -> Response:
        """The proposal to decide next, or the word that there is none."""
        return await run_in_threadpool(self._show, request, "")

    async def case(self, request: Request) -> Response:
        """One proposal by its number; a decided one may be decided again."""
        return await run_in_threadpool(self._show, request, request.path_params["number"])

    def _show(self, request: Request, number: str) -> Response:
        if not _may(request):
            return refuse(403, "this token opens no pages")
        review = self.review
        with review.store.reader() as session:
            due = due_to(session, review.reviewer, review.reviewers_needed)
            number = number or next((one for one in due.numbers if one not in review.passed), "")
            try:
                name, shown = self._case(session, number)
            except BadInput as error:
                return refuse(404, str(error))
            html = self._pages.get_template(name).render(
                root=self._root, number=number, due=due, review=review, **shown
            )
        return HTMLResponse(html, headers=_PAGE_HEADERS)

    def _case(self, session: Session, number: str) -> tuple[str, dict[str, Any]]:
        """The template for a proposal, and what stands in it. Raises BadInput where there is none of that number."""
        if not number:
            return "nothing.html", {}
        kind, key = _parsed(number)
        if kind == "r":
            return "return.html", {"case": open_return(session, key, self.review.reviewer), "link": _link}
        case = open_case(session, key, self.review.reviewer, self.review.runs_dir)
        return "match.html", {"case": case, "link": _link, "tiers": [tier.value for tier in Tier]}

    async def page(self, request: Request) -> Response:
        """The page of a look, as plain text: nothing that it brings along is run or rendered."""
        return await self._evidence(request, lambda found: PlainTextResponse(found.words))

    async def shot(self, request: Request) -> Response:
        """The screenshot of a look."""
        return await self._evidence(
            request,
            lambda found: (
                FileResponse(found.shot, media_type="image/png")
                if found.shot and found.shot.is_file()
                else refuse(404, "no screenshot was taken of this look")
            ),
        )

    async def _evidence(self, request: Request, show: Callable[[LookPage], Response]) -> Response:
        if not _may(request):
            return refuse(403, "this token opens no pages")

        def find() -> Response:
            with self.review.store.reader() as session:
                try:
                    return show(look_page(session, self.review.runs_dir, request.path_params["look_id"]))
                except BadInput as error:
                    return refuse(404, str(error))

        return await run_in_threadpool(find)

    async def decide(self, request: Request) -> Response:
        """One decision, appended. What was said before stays on record."""
        if not _may(request):
            return refuse(403, "this token decides nothing")
        asked = await _sent(request)
        return await run_in_threadpool(self._note, {name: str(value or "") for name, value in asked.items()})

    def _note(self, asked: dict[str, str]) -> Response:
        review, number = self.review, asked.get("number", "")
        decision, tier, comment = (asked.get(name, "") for name in ("decision", "tier", "comment"))
        try:
            kind, key = _parsed(number)
            with review.store.session() as session:
                at = review.clock.now()
                if kind == "r":
                    decide_relisting(session, key, decision, review.reviewer, at, comment=comment)
                else:
                    decide(session, key, decision, review.reviewer, at, tier=tier, comment=comment)
        except BadInput as error:
            return refuse(400, str(error))
        except StillForSaleError as error:
            return refuse(503, str(error))
        review.decided.append(number)
        return JSONResponse({"ok": True, "words": "noted"})

    async def later(self, request: Request) -> Response:
        """Leave a proposal for a later session."""
        if not _may(request):
            return refuse(403, "this token decides nothing")
        number = str((await _sent(request)).get("number") or "")
        if not number:
            return refuse(400, "which proposal?")
        self.review.passed.append(number)
        return JSONResponse({"ok": True, "words": "left for later"})

    async def end(self, request: Request) -> Response:
        """The reviewer ends the session; every decision is in the ledger already."""
        if not _may(request):
            return refuse(403, "this token ends nothing")
        self._stop()
        return JSONResponse({"ok": True, "words": "the session is over"})

    async def file(self, request: Request) -> Response:
        """The desk's own script and style."""
        name = request.path_params["name"]
        if name not in FILES:
            return refuse(404, "there is nothing of that name")
        return FileResponse(WEB / name, media_type=FILES[name])


def _may(request: Request) -> bool:
    return bool(request.state.power == "desk")


def _parsed(number: str) -> tuple[str, int]:
    """`17` of a match, `r17` of a return, taken apart. Raises BadInput for anything else."""
    found = _NUMBER.fullmatch(number)
    if found is None:
        raise BadInput(f"{number!r} is no number of a proposal; see `stillforsale review list`")
    return found[1], int(found[2])


def _link(url: str) -> str:
    """Nothing but a web address ever becomes a link."""
    return url if is_web_address(url) else ""


async def _sent(request: Request) -> dict[str, Any]:
    with suppress(ValueError):
        sent = await request.json()
        if isinstance(sent, dict):
            return sent
    return {}
