"""Look at the demo market by hand: `python -m crawler.shop --port 8765 --clock system`."""

import argparse

from crawler.clock import SystemClock, clock_from, read_instant
from crawler.shop.recalled import DEMO_PRODUCTS
from crawler.shop.script import build_story
from crawler.shop.server import running_shop


def main() -> None:
    """Serve the demo's story until Ctrl-C; `--start` says when its first day began."""
    parser = argparse.ArgumentParser(prog="python -m crawler.shop", description=main.__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--clock", default="system", help="`system`, or `simulated:PATH`")
    parser.add_argument("--start", default="", help="an instant like 2026-03-02T00:00:00Z; without it, now")
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    clock = clock_from(wanted.clock)
    start_at = read_instant(wanted.start) if wanted.start else clock.now()
    story = build_story(DEMO_PRODUCTS, start_at, wanted.seed)
    with running_shop(story, clock, wanted.port) as base_url:
        print(f"The demo market is open at {base_url}/ (Ctrl-C closes it).", flush=True)
        for offer in story.offers:
            print(f"{base_url}/item/{offer.listing_id}  {offer.scene}", flush=True)
        try:
            while True:
                SystemClock().sleep(3600)
        except KeyboardInterrupt:
            print("Closed.")


if __name__ == "__main__":
    main()
