"""The report in a real browser: it asks for nothing, runs nothing, and reads well on a desk and on a phone."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from reports.site import ReportResult, write_site
from tests.unit.reports.story import observed

CHROMIUM = shutil.which("chromium")
WIDTHS = (1280, 390)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not on this machine"),
]

PROBE = """<script>
addEventListener('load', () => {
  const tooWide = [...document.querySelectorAll('main *, header *')]
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.box, pre, svg'))
    .map(e => e.tagName + '.' + e.className);
  const levels = [...document.querySelectorAll('h1,h2,h3')].map(h => +h.tagName[1]);
  const parse = c => c.match(/[\\d.]+/g).map(Number);
  const lum = ([r, g, b]) => [r, g, b].map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((s, v, i) => s + v * [.2126, .7152, .0722][i], 0);
  const ground = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
  const pale = [...document.querySelectorAll('p, li, td, th, dt, dd, h1, h2, h3, a, span, summary, code')]
    .filter(e => e.textContent.trim() && e.getClientRects().length)
    .map(e => { const a = lum(parse(getComputedStyle(e).color)), b = lum(ground(e));
      return [(Math.max(a, b) + .05) / (Math.min(a, b) + .05), e.tagName + '.' + e.className]; })
    .filter(([ratio]) => ratio < 4.5);
  const shown = [...document.querySelectorAll('svg')].filter(s => s.getClientRects().length).length;
  const pre = document.createElement('pre'); pre.id = 'probe';
  pre.textContent = JSON.stringify({scroll: document.documentElement.scrollWidth, inner: innerWidth, tooWide, levels,
    pale, shown, ran: window.ran || 0, requests: performance.getEntriesByType('resource').length});
  document.body.append(pre);
});
</script>"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> ReportResult:
    return write_site(observed(), tmp_path_factory.mktemp("report"), operator="Example Watch", contact="x@example.org")


def run_chromium(folder: Path, page: Path, width: int, *more: str) -> str:
    """The page's document after loading, as Chromium has it; every request that leaves the machine fails."""
    command = [
        str(CHROMIUM),
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        f"--user-data-dir={folder / 'profile'}",
        f"--window-size={width},900",
        "--virtual-time-budget=2000",
        *more,
        "--dump-dom",
        page.as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, timeout=120, check=True)
    return done.stdout.decode("utf-8")


@pytest.mark.parametrize("name", ["index.html", "cases/6.html"])
@pytest.mark.parametrize("width", WIDTHS)
def test_page_fits_reads_in_order_and_has_contrast(report: ReportResult, tmp_path: Path, name: str, width: int) -> None:
    import json

    source = (report.index_path.parent / name).read_text("utf-8")
    probed = tmp_path / "probed.html"
    without_policy = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", source)
    frame = without_policy.replace("</body>", f"{PROBE}</body>")
    probed.write_text(frame, encoding="utf-8")
    seen = json.loads(
        re.search(r'<pre id="probe">(.*?)</pre>', run_chromium(tmp_path, probed, width), re.DOTALL)[1]  # type: ignore[index]
    )
    assert seen["tooWide"] == []
    assert seen["scroll"] <= seen["inner"]
    assert seen["pale"] == []
    assert seen["levels"][0] == 1
    assert seen["levels"].count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in zip(seen["levels"], seen["levels"][1:], strict=False))
    assert seen["shown"] == (1 if name == "index.html" else 0)
    assert seen["requests"] == 0


def test_the_policy_stops_every_script(report: ReportResult, tmp_path: Path) -> None:
    source = report.index_path.read_text("utf-8")
    hostile = tmp_path / "hostile.html"
    attack = "<script>document.body.dataset.ran = 1</script><img src=x onerror='document.body.dataset.ran = 1'>"
    hostile.write_text(source.replace("</body>", f"{attack}</body>"), encoding="utf-8")
    assert "data-ran" not in run_chromium(tmp_path, hostile, 1280)
    hostile.write_text(
        re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", source).replace("</body>", f"{attack}</body>"),
        encoding="utf-8",
    )
    assert "data-ran" in run_chromium(tmp_path, hostile, 1280)


def test_the_style_sheet_passes_its_own_policy(report: ReportResult, tmp_path: Path) -> None:
    shot = tmp_path / "shot.png"
    run_chromium(tmp_path, report.index_path, 1280, f"--screenshot={shot}")
    plain = tmp_path / "plain.html"
    plain.write_text(
        re.sub(r"<style>.*?</style>", "", report.index_path.read_text("utf-8"), flags=re.DOTALL), encoding="utf-8"
    )
    other = tmp_path / "other.png"
    run_chromium(tmp_path, plain, 1280, f"--screenshot={other}")
    assert shot.read_bytes() != other.read_bytes()


def test_every_drawing_has_a_title_and_a_description(report: ReportResult) -> None:
    drawings = re.findall(r"<svg.*?</svg>", report.index_path.read_text("utf-8"), re.DOTALL)
    assert len(drawings) == 2
    ids: list[str] = []
    for drawing in drawings:
        assert re.match(r'<svg [^>]*role="img" aria-labelledby="[\w-]+-title [\w-]+-desc"><title ', drawing)
        assert "role=" not in drawing.split(">", 1)[1]
        ids += re.findall(r'\bid="([^"]+)"', drawing)
    assert len(ids) == len(set(ids))
