"""Calls official interfaces within a run: token, signature, one more try with a fresh token, no key on any disk."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from crawler.apis.base import Api, NoToken
from crawler.apis.registry import Keys, api_of, variable
from crawler.clock import Clock
from crawler.plan import Vantage
from crawler.record import Outcome

if TYPE_CHECKING:
    from crawler.fetch import Fetched

Call = Callable[..., Awaitable["Fetched"]]
SlowDown = Callable[[str, float], None]

_MARGIN_S = 60


class ApiCaller:
    """The interfaces of one run. `call` is `Fetcher.call`."""

    def __init__(self, call: Call, slow_down: SlowDown, keys: Keys, clock: Clock) -> None:
        self._call, self._slow_down, self._keys, self._clock = call, slow_down, keys, clock
        self._apis: dict[str, Api | None] = {}
        self._tokens: dict[str, tuple[str, datetime]] = {}
        self._refused: dict[str, str] = {}

    async def fetch(self, marketplace: str, url: str, vantage: Vantage | None) -> "Fetched":
        """The answer to one address of a marketplace's interface. Raises Stopped or DiskFull."""
        from crawler.fetch import Fetched

        api = self._api(marketplace)
        why = self._why_not(api, marketplace, url, vantage)
        if api is None or vantage is None or why:
            return Fetched(Outcome.NOT_ALLOWED, why, url)
        self._slow_down(url, api.min_delay_s)
        fetched = await self._once(api, url, vantage)
        if _unauthorised(fetched) and self._tokens.pop(marketplace, None) is not None:
            fetched = await self._once(api, url, vantage)
        if _unauthorised(fetched):
            self._refused[marketplace] = f"api: {api.label} refused the key (status 401); not asked again in this run"
        return fetched

    async def _once(self, api: Api, url: str, vantage: Vantage) -> "Fetched":
        from crawler.fetch import Fetched

        try:
            token = await self._token(api)
            request = api.request(url, vantage, token, self._clock.now())
        except (NoToken, ValueError) as error:
            self._refused[api.marketplace] = f"api: {error}"
            return Fetched(Outcome.FAILED, f"api: {error}", url)
        return await self._call(request)

    async def _token(self, api: Api) -> str:
        """The token that holds, or a new one. The exchange is no evidence and leaves no trace. Raises NoToken."""
        request = api.token_request()
        if request is None:
            return ""
        kept = self._tokens.get(api.marketplace)
        if kept is not None and self._clock.now() < kept[1]:
            return kept[0]
        fetched = await self._call(request, archived=False)
        answer = fetched.answer
        if fetched.outcome is not Outcome.FETCHED or answer is None or answer.status != 200:
            status = f"status {answer.status}" if answer else fetched.reason
            raise NoToken(f"{api.label} gave no token ({status})")
        token, lasts_s = api.token_in(answer.body)
        self._tokens[api.marketplace] = (token, self._clock.now() + timedelta(seconds=max(0, lasts_s - _MARGIN_S)))
        return token

    def _api(self, marketplace: str) -> Api | None:
        if marketplace not in self._apis:
            self._apis[marketplace] = api_of(marketplace, self._keys)
        return self._apis[marketplace]

    def _why_not(self, api: Api | None, marketplace: str, url: str, vantage: Vantage | None) -> str:
        if api is None:
            return f"api: we know no interface of {marketplace}"
        if api.missing():
            names = ", ".join(variable(marketplace, name) for name in api.missing())
            return f"api: no key to {api.label}; set {names}"
        if not api.owns(url):
            return f"api: the address is none of {api.label}, so no key is sent to it"
        if vantage is None:
            return "api: the plan names no such vantage"
        return self._refused.get(marketplace, "")


def _unauthorised(fetched: "Fetched") -> bool:
    return fetched.answer is not None and fetched.answer.status == 401
