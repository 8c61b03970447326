"""An ingest that is killed leaves nothing, and the next one takes the run in once."""

import random
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from monitor.store.ingest import ingest_all
from monitor.store.ledger_tables import JudgementRow, LookRow, RunRow
from monitor.store.session import Store, open_store
from tests.builders import START, Seen, write_run

LOOKS = 400
RUNS = 6
KILLS = 8
LATER = START + timedelta(days=30)

INGEST = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from monitor.store.ingest import ingest_all
from monitor.store.session import open_store
print("ready", flush=True)
ingest_all(open_store(sys.argv[1]), Path(sys.argv[2]), datetime(2026, 4, 1, tzinfo=UTC))
"""


def counts(store: Store) -> tuple[int, int, int]:
    with store.reader() as session:
        runs, looks, judged = (
            session.scalar(select(func.count()).select_from(table)) or 0 for table in (RunRow, LookRow, JudgementRow)
        )
    return runs, looks, judged


def test_kill_9_at_any_point_loses_and_doubles_nothing(tmp_path: Path) -> None:
    runs_dir, url = tmp_path / "runs", f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    before: Path | str = ""
    for day in range(RUNS):
        seen = [Seen(f"L{number}") for number in range(LOOKS - 2)]
        before = write_run(runs_dir, f"run-{day}", seen, started_at=START + timedelta(days=day), previous=before)
    chance = random.Random(7)
    for _ in range(KILLS):
        child = subprocess.Popen([sys.executable, "-c", INGEST, url, str(runs_dir)], stdout=subprocess.PIPE)
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(chance.uniform(0, 0.4))
        child.send_signal(signal.SIGKILL)
        child.communicate()
        store = open_store(url)
        runs, looks, judged = counts(store)
        store.close()
        assert looks == judged == runs * LOOKS
    store = open_store(url)
    ingest_all(store, runs_dir, LATER)
    assert counts(store) == (RUNS, RUNS * LOOKS, RUNS * LOOKS)
    assert ingest_all(store, runs_dir, LATER) == []
    store.close()
