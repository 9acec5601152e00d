"""How sure a mean is: percentile intervals of bootstrap samples (Efron 1979)."""

import numpy as np

BOOTSTRAP_ROUNDS = 2000


def bootstrap_interval(values: np.ndarray) -> list[float]:
    """95 % interval of the mean of (n,) values."""
    rng = np.random.default_rng(0)
    return interval(rng.choice(values, (BOOTSTRAP_ROUNDS, len(values))).mean(axis=1))


def interval(figures) -> list[float]:
    """95 % percentile interval of a figure's bootstrap samples, to five digits."""
    return [round(float(value), 5) for value in np.percentile(figures, (2.5, 97.5))]
