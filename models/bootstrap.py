"""How sure a mean is: percentile intervals of bootstrap samples (Efron 1979)."""

import numpy as np

BOOTSTRAP_ROUNDS = 2000


def bootstrap_interval(values: np.ndarray) -> list[float]:
    """95 % interval of the mean of (n,) values."""
    rng = np.random.default_rng(0)
    return interval(rng.choice(values, (BOOTSTRAP_ROUNDS, len(values))).mean(axis=1))


def interval_over_trainings(scores: np.ndarray, others: np.ndarray | None = None) -> list[float]:
    """95 % interval of the mean of scores (trainings, photos), drawing anew from both.

    With the scores of another network on the same photos, (any trainings, photos), that of the
    difference of the means. Of few trainings the chance is understated: of three, by a fifth.
    """
    rng = np.random.default_rng(0)
    photos = scores.shape[1]
    means = []
    for _ in range(BOOTSTRAP_ROUNDS):
        drawn = rng.integers(photos, size=photos)
        mean = _drawn(scores, rng)[:, drawn].mean()
        means.append(mean if others is None else mean - _drawn(others, rng)[:, drawn].mean())
    return interval(means)


def _drawn(scores, rng):
    return scores[rng.integers(len(scores), size=len(scores))]


def interval(figures) -> list[float]:
    """95 % percentile interval of a figure's bootstrap samples, to five digits."""
    return [round(float(value), 5) for value in np.percentile(figures, (2.5, 97.5))]
