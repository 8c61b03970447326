"""K13: how far we are wrong ourselves: blind state error, how much the searches found, what could be seen by site."""

from collections.abc import Sequence
from dataclasses import replace

from monitor.discovery.coverage import Found, coverage
from monitor.verification.blind import Judged, StateError, state_error
from reports.figures.base import NOT_MEASURED, Figure, guarded
from reports.records import Observed
from reports.statistics.coverage import chapman
from reports.words import NBSP, number_of, percent, share_range

OF_LISTINGS = ("look", "background")


def blind_state_errors(observed: Observed) -> list[Figure]:
    """K13 share of blind re-checks that judged otherwise than the crawler, pooled and by marketplace (Wilson 95 %)."""
    judged = [
        Judged(one.look_id, one.marketplace, one.week, one.person_says, one.crawler_says)
        for one in observed.context.rechecked
    ]
    if not judged:
        return [_no_rechecks(observed)]
    everywhere = [replace(one, marketplace="all") for one in judged]
    figures = [_error(observed, state_error(everywhere, "all"), [one.look_id for one in judged])]
    places = sorted({one.marketplace for one in judged})
    for place in places if len(places) > 1 else []:
        ids = [one.look_id for one in judged if one.marketplace == place]
        figures.append(_error(observed, state_error(judged, place), ids))
    return figures


def _error(observed: Observed, error: StateError, look_ids: Sequence[int]) -> Figure:
    where = "" if error.marketplace == "all" else f" on {error.marketplace}"
    figure = guarded(
        Figure(
            id="K13",
            name="blind state error",
            cell=error.marketplace,
            unit="share",
            count=error.errors,
            count_high=error.errors,
            denominator=error.judged,
            denominator_is="looks that a person re-checked blind",
            low=error.share,
            high=error.share,
            ci_low=error.wilson[0] if error.wilson else None,
            ci_high=error.wilson[1] if error.wilson else None,
            period=observed.period,
            unknown=error.cannot_tell,
            unknown_of=error.judged + error.cannot_tell,
            unknown_why={"the person could not tell": error.cannot_tell} if error.cannot_tell else {},
            ids=tuple(f"look {look_id}" for look_id in sorted(look_ids)),
            sentence="",
        )
    )
    said = f"Of {number_of(error.judged, 'look')}{where} that a person judged without seeing what the crawler said, "
    said += f"{error.errors} {'was' if error.errors == 1 else 'were'} judged otherwise"
    if figure.low is not None and figure.ci_low is not None and figure.ci_high is not None:
        said += f" ({percent(figure.low)}; 95{NBSP}% interval {percent(figure.ci_low)} to {percent(figure.ci_high)})"
    return replace(figure, sentence=f"{said}.")


def _no_rechecks(observed: Observed) -> Figure:
    return Figure(
        id="K13",
        name="blind state error",
        cell="all",
        unit="share",
        denominator=0,
        denominator_is="looks that a person re-checked blind",
        period=observed.period,
        guards=(NOT_MEASURED,),
        sentence="No look has been re-checked by a person without seeing what the crawler said, so the error of the "
        "states is not known yet.",
    )


def share_found(observed: Observed) -> list[Figure]:
    """K13 how much of what is there the searches found, at most: by two families of phrases that share no words.

    The interval is from the share were finding by the one family five times likelier for what the other found, up to
    the share if both find independently.
    """
    found = [
        Found(one.marketplace, one.language, one.family, one.listing_key, one.notice_id)
        for one in observed.context.found_by
    ]
    figures = []
    for one in coverage(found):
        seen = one.marks + one.kinds - one.both
        shares = sorted(one.at_most.values())
        total = chapman(one.marks, one.kinds, one.both) if one.total is not None else None
        unseen = f"; Chapman's estimate is {total.total:.0f} ({total.low:.0f} to {total.high:.0f})" if total else ""
        figures.append(
            guarded(
                Figure(
                    id="K13",
                    name="share found by our searches, at most",
                    cell=f"{one.marketplace}, {one.language}",
                    unit="share",
                    count=seen,
                    denominator=round(one.total) if one.total is not None else seen,
                    denominator_is="listings estimated to be there" if total else "listings found",
                    low=shares[0] if shares else None,
                    high=shares[-1] if shares else None,
                    period=observed.period,
                    sentence=f"On {one.marketplace} ({one.language}), searches by marks found {one.marks}, by kind "
                    f"{one.kinds}, both {one.both}: {one.says.replace('%', f'{NBSP}%')}{unseen}.",
                )
            )
        )
    return figures


def observable(observed: Observed) -> list[Figure]:
    """K13 by site, the share of planned looks at listings that could tell how the listing stood."""
    return [_observable(observed, place) for place in _places(observed)]


def _observable(observed: Observed, place: str) -> Figure:
    counts = [one for one in observed.look_counts if one.purpose in OF_LISTINGS and one.marketplace == place]
    looks = sum(one.looks for one in counts)
    told = sum(one.looks for one in counts if not one.unknown)
    share = told / looks if looks else None
    figure = guarded(
        Figure(
            id="K13",
            name="observable share",
            cell=place,
            unit="share",
            count=told,
            count_high=told,
            denominator=looks,
            denominator_is="planned looks at listings",
            low=share,
            high=share,
            period=observed.period,
            unknown=looks - told,
            unknown_of=looks,
            sentence="",
        )
    )
    said = f"{told:,} of {number_of(looks, 'planned look')} at listings on {place} could tell how the listing stood"
    said += f" ({share_range(figure.low, figure.low)})" if figure.low is not None else ""
    return replace(figure, sentence=f"{said}.")


def _places(observed: Observed) -> list[str]:
    return sorted({one.marketplace for one in observed.look_counts if one.purpose in OF_LISTINGS})
