"""`stillforsale watchlist phrases`: what watched notices are searched by."""

from dataclasses import asdict

import typer

from monitor.commands.common import print_json, raise_problems, say
from monitor.commands.desk import known_notice, open_desk

app = typer.Typer(no_args_is_help=True, help="The search phrases of watched notices: list, add, remove, derive.")

JSON = typer.Option(False, "--json", help="Print JSON lines on stdout.")
LANGUAGE = typer.Option(["en"], "--language", help="Language of the marketplaces to search; may be given again.")


@app.command("list")
def list_phrases(notice: str = typer.Argument("", metavar="[NOTICE]"), json: bool = JSON) -> None:
    """The phrases of one notice, or of all, each with its strategy and family.

    Coverage of search is estimated from the families `marks` and `kinds`, which share no terms.

    Example: stillforsale watchlist phrases list us-cpsc:26348
    """
    from monitor.watchlist.phrasebook import phrases_of

    with open_desk(writes=False) as desk:
        for phrase in phrases_of(desk.session, notice):
            if json:
                print_json(asdict(phrase) | {"family": phrase.family})
            else:
                print(
                    f"{phrase.phrase_id:>6}  {phrase.notice_id}  [{phrase.language}] {phrase.strategy}: {phrase.text}"
                )


@app.command("add")
def add_phrase(
    notice: str, text: str, language: str = typer.Option("en", help="Language of the marketplaces.")
) -> None:
    """Add a phrase of your own to a watched notice. A bare word like "toys" is refused.

    Example: stillforsale watchlist phrases add us-cpsc:26348 "acme magnetic chess" --language en
    """
    from monitor.watchlist.phrasebook import add_by_hand

    with open_desk() as desk:
        known_notice(desk.session, notice)
        new = add_by_hand(desk.session, notice, text, language, desk.at)
    say("added" if new else "that phrase is there already")


@app.command("remove")
def remove_phrases(phrase_ids: list[str] = typer.Argument(..., metavar="PHRASE_ID...")) -> None:
    """Stop searching by these phrases; they are not derived again. Their ids are in `phrases list`.

    Example: stillforsale watchlist phrases remove 12 13
    """
    from monitor.watchlist.phrasebook import remove_phrase

    with open_desk() as desk:
        absent = [one for one in phrase_ids if not remove_phrase(desk.session, one, desk.at)]
    say(f"{len(phrase_ids) - len(absent)} removed")
    raise_problems([f"no phrase has the id {one}" for one in absent])


@app.command("derive")
def derive(language: list[str] = LANGUAGE) -> None:
    """Derive phrases again for everything under watch: after an update of the register, or for another language.

    Example: stillforsale watchlist phrases derive --language zh
    """
    from monitor.watchlist.entries import active
    from monitor.watchlist.phrasebook import add_derived

    with open_desk() as desk:
        watched = [known_notice(desk.session, entry.notice_id) for entry in active(desk.session)]
        new = sum(len(add_derived(desk.session, one, spoken, desk.at)) for one in watched for spoken in language)
    say(f"{new} new phrases for {len(watched)} notices")
