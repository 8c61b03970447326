"""The results of `stillforsale lag` as a person reads them."""

from typing import Any


def in_words(result: dict[str, Any]) -> str:
    """A few lines for one group."""
    lines = [f"{result['group'] or 'all rows'}: {result['n']} rows, log-likelihood {result['loglik']:.4f}"]
    lines += [
        f"  {100 * part['mass']:6.2f} % in ({part['left']:g}, {_end(part['right'])}]" for part in result["support"]
    ]
    words = f"  half of them by {_between(*result['median'])}"
    if result["median_interval"] is not None:
        words += f" (95 % interval {_between(*result['median_interval'])})"
    lines.append(words)
    share = result.get("share_by_deadline")
    if share is not None:
        words = f"  in time: {share['met']}, late: {share['missed']}, undecided: {share['undecided']}"
        words += f"; share in time {share['low']:.3f} to {share['high']:.3f}"
        if share["ci_low"] is not None:
            words += f" (95 % interval {share['ci_low']:.3f} to {share['ci_high']:.3f})"
        lines.append(words)
    return "\n".join(lines)


def _end(value: float | None) -> str:
    return "beyond" if value is None else f"{value:g}"


def _between(low: float | None, high: float | None) -> str:
    if low == high:
        return "a time beyond all looks" if low is None else f"{low:g}"
    return f"{_end(low)} to {_end(high)}"
