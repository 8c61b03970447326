"""The desk over HTTP, on 127.0.0.1 only: pages without anything of a captured page in them, and a few POSTs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from crawler.archive.append import DiskFull
from crawler.errors import BadInput
from crawler.plan import Slot
from monitor.capture.desk import Desk, NotTaken
from monitor.capture.saved import MAX_SENT_BYTES, SavedPage, TooLarge, is_web_address, parse_saved
from monitor.localweb.guard import Door, Guard, refuse

WEB = Path(__file__).parent / "web"
FILES = {"desk.css": "text/css", "desk.js": "text/javascript", "receive.js": "text/javascript"}
SKIP_WORDS = {
    "wall": "A wall or a login (CAPTCHA, sign in)",
    "could_not_tell": "Could not tell",
    "did_not_load": "The page did not load",
}
_PAGE_ORIGIN = "x-page-origin"


def build_app(desk: Desk, door: Door, stop: Callable[[], None]) -> Starlette:
    """The desk's application; `stop` is called when the reviewer ends the session or all listings are done."""
    handlers = _Handlers(desk, door, stop)
    routes = [
        Route("/{token}/", handlers.page, methods=["GET"]),
        Route("/{token}/receive", handlers.receive, methods=["GET"]),
        Route("/{token}/status", handlers.status, methods=["GET"]),
        Route("/{token}/open", handlers.open, methods=["POST"]),
        Route("/{token}/save", handlers.save, methods=["POST"]),
        Route("/{token}/skip", handlers.skip, methods=["POST"]),
        Route("/{token}/end", handlers.end, methods=["POST"]),
        Route("/{token}/{name}", handlers.file, methods=["GET"]),
    ]
    return Starlette(routes=routes, middleware=[Middleware(Guard, door=door)], max_body_size=MAX_SENT_BYTES)


class _Handlers:
    def __init__(self, desk: Desk, door: Door, stop: Callable[[], None]) -> None:
        self.desk, self.door, self._stop = desk, door, stop
        self._pages = Environment(loader=FileSystemLoader(WEB), autoescape=True, undefined=StrictUndefined)

    async def page(self, request: Request) -> Response:
        """The desk's page: what is to be looked at now, what is done."""
        if not _may(request, "desk"):
            return refuse(403, "this token opens no pages")
        slot = self.desk.current
        html = self._pages.get_template("desk.html").render(
            slot=slot,
            link=slot.url if slot and is_web_address(slot.url) else "",
            done=list(reversed(self.desk.done)),
            finished=self.desk.finished,
            total=self.desk.total,
            skips=SKIP_WORDS,
            bookmarklet=self._bookmarklet(),
            vantage=self.desk.plan.vantages[slot.vantage] if slot else None,
        )
        return HTMLResponse(html, headers={"Cross-Origin-Opener-Policy": "same-origin"})

    async def receive(self, request: Request) -> Response:
        """The small window through which a bookmarklet hands in its page."""
        return HTMLResponse(self._pages.get_template("receive.html").render())

    async def file(self, request: Request) -> Response:
        """The desk's own script and style."""
        name = request.path_params["name"]
        if name not in FILES:
            return refuse(404, "there is nothing of that name")
        return FileResponse(WEB / name, media_type=FILES[name])

    async def status(self, request: Request) -> Response:
        """How far the session is."""
        if not _may(request, "desk"):
            return refuse(403, "this token opens no pages")
        return self._answer(self.desk.current, "")

    async def open(self, request: Request) -> Response:
        """The reviewer goes to the current listing."""
        return await self._do(request, "desk", self.desk.open)

    async def save(self, request: Request) -> Response:
        """A page of the current listing, from the extension (desk token) or a bookmarklet (save token)."""
        sent = await request.body()
        origin = _page_origin(request, self.door)
        if request.state.power == "save" and not origin:
            return refuse(403, "a bookmarklet hands in a page from that page")

        def take() -> Slot | None:
            page = parse_saved(sent)
            if origin and _origin_of(page) != origin:
                raise NotTaken("the page says that it is another one than it is")
            return self.desk.save(page, origin)

        return await self._do(request, "", take)

    async def skip(self, request: Request) -> Response:
        """The reviewer can't look, and says why."""
        asked = request.query_params
        return await self._do(request, "desk", lambda: self.desk.skip(asked.get("slot", ""), asked.get("why", "")))

    async def end(self, request: Request) -> Response:
        """The reviewer ends the session: what was not looked at is written down as such."""
        if not _may(request, "desk"):
            return refuse(403, "this token ends nothing")
        self._stop()
        return JSONResponse({"ok": True, "words": "the session is over", "next": None})

    async def _do(self, request: Request, power: str, act: Callable[[], Slot | None]) -> Response:
        if power and not _may(request, power):
            return refuse(403, "this token only hands in pages")
        try:
            following = await run_in_threadpool(act)
        except TooLarge as error:
            return refuse(413, str(error))
        except NotTaken as error:
            return refuse(409, str(error), again=error.again, listing=_listing(self.desk.current))
        except BadInput as error:
            return refuse(400, str(error))
        except DiskFull:
            return refuse(507, "the disk is full: the page was not saved; make room and press again")
        if following is None:
            self._stop()
        last = self.desk.done[-1].says if self.desk.done else ""
        return self._answer(following, last)

    def _answer(self, following: Slot | None, words: str) -> Response:
        answer: dict[str, Any] = {
            "ok": True,
            "words": words,
            "done": self.desk.finished,
            "total": self.desk.total,
            "next": _listing(following),
        }
        return JSONResponse(answer)

    def _bookmarklet(self) -> str:
        """The bookmarklet as a link: nothing of it comes from a page."""
        code = (WEB / "bookmarklet.js").read_text("utf-8").replace("DESK_URL", f"{self.door.origin}/{self.door.save}/")
        return "javascript:" + quote(" ".join(code.split()), safe="()*!'~;/?:@&=+$,[]")


def _listing(slot: Slot | None) -> dict[str, str] | None:
    """A listing to be opened; nothing but a web address is ever sent to a browser."""
    return {"slot_id": slot.slot_id, "url": slot.url} if slot and is_web_address(slot.url) else None


def _may(request: Request, power: str) -> bool:
    return bool(request.state.power == power)


def _page_origin(request: Request, door: Door) -> str:
    """Whose page sent this: the browser's own word, or that of our receiving window, which has it from the browser."""
    origin = str(request.state.page_origin)
    if not origin and request.state.power == "save" and request.headers.get("origin") == door.origin:
        return request.headers.get(_PAGE_ORIGIN, "")
    return origin


def _origin_of(page: SavedPage) -> str:
    scheme, _, rest = page.about.url.partition("://")
    return f"{scheme}://{rest.partition('/')[0].partition('?')[0].partition('#')[0]}".lower()
