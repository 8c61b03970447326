"""Makes a running demo market known to the crawler: its adapter with the address that it really has."""

from pathlib import Path

BY_HAND = "http://127.0.0.1:8765"
_ADAPTER = Path(__file__).parent.parent / "marketplaces" / "demo_market"


def write_marketplace(marketplaces_dir: Path, base_url: str) -> Path:
    """Copy the adapter `demo-market` into a folder of the user's own marketplaces, with `base_url` (no slash at its
    end) in its addresses; gives the adapter's folder. Plans name `marketplaces_dir`, so the crawl's child process
    reads the same description."""
    folder = marketplaces_dir / _ADAPTER.name
    folder.mkdir(parents=True, exist_ok=True)
    for path in (*_ADAPTER.glob("*.py"), *_ADAPTER.glob("*.toml")):
        (folder / path.name).write_text(path.read_text("utf-8").replace(BY_HAND, base_url), "utf-8")
    return folder
