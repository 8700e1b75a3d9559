"""The gamma distribution, as far as the flag rule needs it. Standard library only."""

import math

PRECISION = 1e-12
STEPS = 3000
TINY = 1e-300


def survival(shape: float, x: float) -> float:
    """Return P(Gamma(shape, 1) > x): the regularised upper incomplete gamma function Q(shape, x).

    Series below x = shape + 1, continued fraction (modified Lentz) above; error under 1e-10 for shapes up to
    a thousand. ValueError unless shape > 0.
    """
    if shape <= 0:
        message = "the shape of a gamma distribution must be above 0"
        raise ValueError(message)
    if x <= 0:
        return 1.0
    scale = math.exp(shape * math.log(x) - x - math.lgamma(shape))
    if x < shape + 1:
        return 1.0 - scale * _series(shape, x)
    return scale * _fraction(shape, x)


def _series(shape: float, x: float) -> float:
    total = term = 1.0 / shape
    step = shape
    for _ in range(STEPS):
        step += 1
        term *= x / step
        total += term
        if term < total * PRECISION:
            break
    return total


def _fraction(shape: float, x: float) -> float:
    base = x + 1 - shape
    upper = 1 / TINY
    lower = 1 / base
    value = lower
    for step in range(1, STEPS):
        weight = -step * (step - shape)
        base += 2
        lower = 1 / (weight * lower + base)
        upper = base + weight / upper
        change = upper * lower
        value *= change
        if abs(change - 1) < PRECISION:
            break
    return value
