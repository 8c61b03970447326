"""What a look is worth: the price at which it would be bought, p^2 / p', in one number to order listings by.

A listing's hazard is the rate of its cell times a gamma frailty of shape FRAILTY_SHAPE, and a share PERMANENT is never
removed: who survived long is likely to go on. For a constant hazard the best gap w minimises w + price / p(w), hence
price = p^2 / p' (docs/reference/schedule.md). Pure and vectorised; hazards are sums of rate times hours.
"""

from dataclasses import dataclass

import numpy as np

from monitor.schedule.hazard import Floats

FRAILTY_SHAPE = 1.0
PERMANENT = 0.15


@dataclass(frozen=True)
class Worth:
    """`gone`: the probability that it went since the last look; `priority`: p^2 / p', in hours."""

    gone: Floats
    priority: Floats


def worth(survived: Floats, since: Floats, rate: Floats) -> Worth:
    """The worth of a look now: hazard `survived` up to the last look and gathered `since`, the `rate` per hour now."""
    shape = FRAILTY_SHAPE
    before = (shape / (shape + survived)) ** shape
    now = (shape / (shape + survived + since)) ** shape
    alive = (1 - PERMANENT) * before + PERMANENT
    gone = (1 - PERMANENT) * (before - now) / alive
    density = (1 - PERMANENT) * now * shape / (shape + survived + since) * rate / alive
    return Worth(gone, gone**2 / np.maximum(density, 1e-300))


def before_pin(priority: Floats, unseen_h: Floats, until_pin_h: Floats) -> Floats:
    """The priority of a look that a pinned one will follow: splitting a gap of w + d hours saves 2 w d times the rate,
    where the price of a look is w^2 times the rate. Shortly before a pin hardly anything."""
    return priority * np.minimum(1.0, 2 * until_pin_h / np.maximum(unseen_h, 1e-9))


def expected_frailty(survived: Floats) -> Floats:
    """The mean frailty of a listing that survived so much hazard; permanent ones have none."""
    return mean_frailty(survived, FRAILTY_SHAPE, PERMANENT)


def mean_frailty(survived: Floats, shape: float, permanent: float) -> Floats:
    """The posterior mean of a gamma(shape) frailty of mean 1, with a share `permanent` at zero."""
    mortal = (1 - permanent) * (shape / (shape + survived)) ** shape
    return np.asarray(mortal / (mortal + permanent) * shape / (shape + survived))
