"""All marketplaces that we know: each folder with a `marketplace.toml`, here and in a folder of the user's own."""

import importlib
import importlib.util
import inspect
import sys
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import ValidationError

from crawler.errors import BadInput
from crawler.marketplaces.address import host_of
from crawler.marketplaces.base import ListingPage, Marketplace, PageClasses, SearchPage
from crawler.marketplaces.confirmed import Confirmed
from crawler.marketplaces.description import Site

HERE = Path(__file__).parent
GENERIC = "generic"
DESCRIPTION = "marketplace.toml"
WALLS = "walls.toml"


class Registry:
    """Marketplaces by name and by host."""

    def __init__(self, marketplaces: dict[str, Marketplace]) -> None:
        self._by_name = marketplaces
        self._by_host = {host: one for one in marketplaces.values() for host in one.hosts}

    def __iter__(self) -> Iterator[Marketplace]:
        return iter(self._by_name.values())

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    @property
    def names(self) -> list[str]:
        """Names of all marketplaces, sorted."""
        return sorted(self._by_name)

    def get(self, name: str) -> Marketplace:
        """The marketplace of this name. Raises BadInput, naming those there are."""
        found = self._by_name.get(name)
        if found is None:
            raise BadInput(f"there is no marketplace {name!r}; known are {', '.join(self.names)}", field="marketplace")
        return found

    @property
    def generic(self) -> Marketplace:
        """The reader for shops without a folder of their own: schema.org data only."""
        return self.get(GENERIC)

    def replaced(self, marketplace: Marketplace) -> "Registry":
        """The same marketplaces with this one in the place of that of its name."""
        return Registry({**self._by_name, marketplace.name: marketplace})

    def for_url(self, url: str) -> Marketplace | None:
        """The marketplace whose host stands in the URL, the most special one; None for a host that none claims."""
        labels = host_of(url).split(".")
        for start in range(len(labels) - 1):
            found = self._by_host.get(".".join(labels[start:]))
            if found is not None:
                return found
        return None


def load_registry(extra_dir: Path | str | None = None, confirmed: Iterable[Confirmed] = ()) -> Registry:
    """Every marketplace of the package, and those in `extra_dir` (one folder each; a name that exists is replaced).
    `confirmed`: what this operator's people confirmed beside what the descriptions say is verified.

    Raises BadInput with file and field where a description can't be used.
    """
    folders = [path.parent for path in sorted(HERE.glob(f"*/{DESCRIPTION}"))]
    if extra_dir:
        if not Path(extra_dir).is_dir():
            raise BadInput("there is no such folder of marketplaces", file=str(extra_dir))
        folders += [path.parent for path in sorted(Path(extra_dir).glob(f"*/{DESCRIPTION}"))]
    marketplaces: dict[str, Marketplace] = {}
    for folder in folders:
        marketplace = load_marketplace(folder)
        marketplaces[marketplace.name] = marketplace
    by_name: dict[str, list[Confirmed]] = {}
    for one in confirmed:
        by_name.setdefault(one.marketplace, []).append(one)
    for name in by_name.keys() & marketplaces.keys():
        marketplaces[name] = marketplaces[name].with_confirmed(by_name[name])
    return Registry(marketplaces)


@cache
def common_walls() -> tuple[dict[str, Any], ...]:
    """Signatures of the walls that guard many sites (`walls.toml`), as every marketplace gets them."""
    return tuple(tomllib.loads((HERE / WALLS).read_text("utf-8"))["signatures"])


def load_marketplace(folder: Path) -> Marketplace:
    """The marketplace of one folder. Its code is imported only when a page is read with it."""
    path = folder / DESCRIPTION
    try:
        described = tomllib.loads(path.read_text("utf-8"))
        site = Site.model_validate({**described, "signatures": [*described.get("signatures", []), *common_walls()]})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise BadInput(f"can't be read ({error})", file=str(path)) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadInput(first["msg"], file=str(path), field=where) from error
    if folder.name not in (site.name.replace("-", "_"), f"site_{site.name}"):
        raise BadInput(f"the folder is called {folder.name}, the marketplace {site.name}", file=str(path), field="name")
    return Marketplace(site, folder, lambda: _page_classes(folder))


def _page_classes(folder: Path) -> PageClasses:
    module = _module(folder)
    if module is None:
        return PageClasses()
    listing, search, seller = (getattr(module, name, None) for name in ("Listing", "Search", "Seller"))
    for found, wanted in ((listing, ListingPage), (search, SearchPage), (seller, SearchPage)):
        if found is not None and not (inspect.isclass(found) and issubclass(found, wanted)):
            raise BadInput(f"{found!r} is no subclass of {wanted.__name__}", file=str(folder / "pages.py"))
    return PageClasses(listing or ListingPage, search or SearchPage, seller)


def _module(folder: Path) -> ModuleType | None:
    path = folder / "pages.py"
    if not path.is_file():
        return None
    if folder.parent == HERE:
        return importlib.import_module(f"crawler.marketplaces.{folder.name}.pages")
    name = f"stillforsale_marketplace_{folder.name}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise BadInput("can't be imported", file=str(path))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
