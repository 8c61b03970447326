"""The looks that a case rests on, with the pointers into their run folders."""

from collections.abc import Mapping
from dataclasses import dataclass

from reports.records import Case, Look, Run
from reports.words import moment


@dataclass(frozen=True)
class EvidenceView:
    """One look that a case rests on, with the pointers into its run folder."""

    what: str
    at: str
    state: str
    rule: str
    says: str
    method: str
    run_id: str
    folder: str
    seal: str
    warc_record_id: str
    body_sha256: str


def evidence_of(case: Case, runs: Mapping[str, Run]) -> tuple[EvidenceView, ...]:
    """The looks that bound each spell: first and last on sale, first and last of the series that confirmed its end."""
    wanted: dict[int, str] = {}
    for episode in case.episodes:
        for at, what in (
            (episode.first_on_sale_at, "first seen on sale"),
            (episode.last_on_sale_at, "last seen on sale"),
            (episode.first_off_at, "first seen off sale"),
            (episode.confirmed_at, "confirmed off sale"),
        ):
            look = next((look for look in case.looks if look.looked_at == at), None)
            if look is not None:
                wanted.setdefault(look.look_id, what)
    return tuple(_evidence_view(look, wanted[look.look_id], runs) for look in case.looks if look.look_id in wanted)


def _evidence_view(look: Look, what: str, runs: Mapping[str, Run]) -> EvidenceView:
    return EvidenceView(
        what=what,
        at=moment(look.looked_at),
        state=look.state,
        rule=look.rule,
        says=look.says,
        method=look.method,
        run_id=look.run_id,
        folder=runs[look.run_id].folder if look.run_id in runs else look.run_id,
        seal=runs[look.run_id].manifest_sha256 if look.run_id in runs else "",
        warc_record_id=look.warc_record_id,
        body_sha256=look.body_sha256,
    )
