"""The conjugate gradient method with Jacobi's preconditioner.

Hestenes & Stiefel, *Methods of Conjugate Gradients for Solving Linear Systems*, 1952; the
preconditioned form is Saad, *Iterative Methods for Sparse Linear Systems*, algorithm 9.1.
"""

import numpy as np
import scipy.sparse


def conjugate_gradient(
    matrix: scipy.sparse.csr_matrix,
    right_side: np.ndarray,
    start: np.ndarray,
    tolerance: float,
    maximum_iterations: int,
    residuals: list[float] | None = None,
) -> np.ndarray:
    """Solve ``matrix @ x = right_side`` for a symmetric positive definite matrix.

    matrix: (n, n) float32 or float64, with a positive diagonal. right_side, start: (n,), of the
    matrix's dtype and of any. tolerance: stops when the preconditioned residual has fallen to so
    much of that of ``x = 0``, or after maximum_iterations, which is no error. residuals: collects
    that ratio before every iteration and after the last.

    Returns x, (n,) of the right side's dtype.
    """
    inverse_diagonal = 1 / matrix.diagonal()
    x = start.astype(right_side.dtype, copy=True)
    residual = right_side - matrix @ x
    conditioned = inverse_diagonal * residual
    direction = conditioned.copy()
    size = float(residual @ conditioned)
    # A right side of zeros has the solution zero: keep the ratio finite.
    scale = max(float(right_side @ (inverse_diagonal * right_side)), np.finfo(np.float32).tiny)
    for _ in range(maximum_iterations):
        if residuals is not None:
            residuals.append((size / scale) ** 0.5)
        if size <= tolerance**2 * scale:
            break
        product = matrix @ direction
        step = right_side.dtype.type(size / float(direction @ product))
        x += step * direction
        residual -= step * product
        np.multiply(inverse_diagonal, residual, out=conditioned)
        previous, size = size, float(residual @ conditioned)
        direction *= right_side.dtype.type(size / previous)
        direction += conditioned
    else:
        if residuals is not None:
            residuals.append((size / scale) ** 0.5)
    return x
