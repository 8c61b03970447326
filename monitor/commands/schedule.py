"""`stillforsale plan`: what a number of looks a day would buy."""

from dataclasses import asdict

import typer

from monitor.commands.common import open_monitor, print_json, say

BUDGET = typer.Option(..., "--budget", min=1, help="Looks a day, all marketplaces together.")
JSON = typer.Option(False, "--json", help="Print one JSON value on stdout.")


def plan(budget: int = BUDGET, json: bool = JSON) -> None:
    """Say what precision so many looks a day would buy: how wide the interval of a removal would be on average.

    Taken from the listings on sale under watch now and the rates of removal learned from this ledger; while little was
    seen, they stay near the prior (a removal in six days). Pins at deadlines and controls come on top, about a tenth.

    Example: stillforsale plan --budget 5000 --json
    """
    from monitor.schedule.learning import hazards_now
    from monitor.schedule.precision import precision_of

    monitor = open_monitor()
    with monitor.store.session() as session:
        hazard, removals = hazards_now(session, monitor.settings, monitor.clock.now())
    if not len(hazard):
        say("no listing under watch is on sale: nothing to plan for yet")
        if json:
            print_json({"looks_per_day": budget, "listings": 0})
        return
    result = {key: round(value, 3) for key, value in asdict(precision_of(hazard, budget)).items()}
    if json:
        print_json({**result, "removals_learned_from": round(removals)})
        return
    typer.echo(
        f"{budget} looks a day at {result['listings']} listings on sale: the moment of a removal would be known to "
        f"{result['mean_width_h']:.1f} hours on average ({result['uniform_h']:.1f} if all were looked at evenly); half "
        f"are looked at every {result['median_gap_h']:.1f} hours or more often. About "
        f"{result['removals_a_day']:.1f} removals a day expected, by rates from {removals:.0f} seen here and the prior."
    )
