"""The review desk over HTTP, on 127.0.0.1 only: one proposal after the other, one key a decision."""

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
from monitor.review.case import due_to, next_due, open_case
from monitor.review.decisions import DECISIONS, decide
from monitor.store.session import Store
from monitor.verification.evidence import LookPage, look_page

WEB = Path(__file__).parent / "web"
FILES = {"review.css": "text/css", "review.js": "text/javascript"}
MAX_SENT_BYTES = 64_000
_PAGE_HEADERS = {"Cross-Origin-Opener-Policy": "same-origin"}


@dataclass
class ReviewSession:
    """Who reviews, on which ledger, and what this session did: match numbers in the order of its decisions.

    `passed` are proposals that the reviewer left for later.
    """

    store: Store
    clock: Clock
    runs_dir: Path
    reviewer: str
    reviewers_needed: int
    decided: list[int] = field(default_factory=list)
    passed: list[int] = field(default_factory=list)


def build_app(review: ReviewSession, door: Door, stop: Callable[[], None]) -> Starlette:
    """The desk's application; `stop` is called when the reviewer ends the session."""
    handlers = _Handlers(review, f"/{door.desk}", stop)
    routes = [
        Route("/{token}/", handlers.first, methods=["GET"]),
        Route("/{token}/match/{match_id:int}", handlers.case, methods=["GET"]),
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
        return await run_in_threadpool(self._show, request, None)

    async def case(self, request: Request) -> Response:
        """One proposal by its number; a decided one may be decided again."""
        return await run_in_threadpool(self._show, request, request.path_params["match_id"])

    def _show(self, request: Request, match_id: int | None) -> Response:
        if not _may(request):
            return refuse(403, "this token opens no pages")
        review = self.review
        with review.store.reader() as session:
            queue = due_to(session, review.reviewer, review.reviewers_needed)
            wanted = next_due(queue, review.passed) if match_id is None else match_id
            try:
                case = open_case(session, wanted, review.reviewer, review.runs_dir) if wanted is not None else None
            except BadInput as error:
                return refuse(404, str(error))
            html = self._pages.get_template("review.html").render(
                root=self._root,
                case=case,
                link=case.row.url if case and is_web_address(case.row.url) else "",
                official=case.notice.url if case and is_web_address(case.notice.url) else "",
                waiting=len(queue),
                review=review,
                tiers=[tier.value for tier in Tier],
            )
        return HTMLResponse(html, headers=_PAGE_HEADERS)

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
        match_id, decision = asked.get("match_id"), asked.get("decision")
        if not isinstance(match_id, int) or decision not in DECISIONS:
            return refuse(400, f"a decision needs match_id and one of {', '.join(DECISIONS)}")
        tier, comment = str(asked.get("tier") or ""), str(asked.get("comment") or "")

        def note(session: Session) -> None:
            review = self.review
            decide(session, match_id, str(decision), review.reviewer, review.clock.now(), tier=tier, comment=comment)

        return await run_in_threadpool(self._note, note, match_id)

    def _note(self, note: Callable[[Session], None], match_id: int) -> Response:
        try:
            with self.review.store.session() as session:
                note(session)
        except BadInput as error:
            return refuse(400, str(error))
        except StillForSaleError as error:
            return refuse(503, str(error))
        self.review.decided.append(match_id)
        return JSONResponse({"ok": True, "words": "noted"})

    async def later(self, request: Request) -> Response:
        """Leave a proposal for a later session."""
        if not _may(request):
            return refuse(403, "this token decides nothing")
        match_id = (await _sent(request)).get("match_id")
        if not isinstance(match_id, int):
            return refuse(400, "which match?")
        self.review.passed.append(match_id)
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


async def _sent(request: Request) -> dict[str, Any]:
    with suppress(ValueError):
        sent = await request.json()
        if isinstance(sent, dict):
            return sent
    return {}
