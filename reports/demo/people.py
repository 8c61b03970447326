"""The scripted reviewer: knows the story, and decides every proposal as an attentive person would."""

from datetime import datetime

from crawler.shop.story import Story
from monitor.relisting.decisions import decide_relisting, waiting_relistings
from monitor.review.decisions import decide, waiting
from monitor.store.session import Store

NAME = "Scripted reviewer of the demo"


class Reviewer:
    """Confirms what truly is the recalled product, rejects the rest; each decision is a row like anybody's."""

    def __init__(self, story: Story) -> None:
        self._true = story.recalled_pairs()
        self._ancestors = {relisting.new: relisting.old for relisting in story.relistings()}

    def decide_all(self, store: Store, at: datetime) -> int:
        """Decide what waits; gives how many decisions were made."""
        with store.session() as session:
            open_ones = [one for one in waiting(session, 1) if not one.decisions]
            for one in open_ones:
                _, _, listing_id = one.match.listing_key.partition(":")
                truth = self._true.get(listing_id)
                is_it = truth is not None and truth.recall_id == one.match.notice_id
                decide(session, one.match.match_id, "confirmed" if is_it else "rejected", NAME, at)
            found = [one for one in waiting_relistings(session, 1) if not one.decisions]
            for row in (one.relisting for one in found):
                is_it = self._root(row.old_listing_key) == self._root(row.new_listing_key)
                decide_relisting(session, row.relisting_id, "confirmed" if is_it else "rejected", NAME, at)
        return len(open_ones) + len(found)

    def _root(self, listing_key: str) -> str:
        """The first listing of what the listing brings back."""
        listing_id = listing_key.partition(":")[2]
        while ancestor := self._ancestors.get(listing_id):
            listing_id = ancestor
        return listing_id
