#!/usr/bin/env python3
"""The peer of `prefront_perf --dump FILE`: dpo on the same cells by SciPy's L-BFGS-B.

Run by hand: python3 bench/perf/dpo_scipy.py FILE (needs numpy and scipy). Both minimise
  sum over cells of [wins softplus(-h) + (count - wins) softplus(h)] / n + ridge/2 |u|^2,
h = u(x,a) - u(x,b), beta = 1, from u = 0. The time here starts from aggregated counts; the
other one includes the aggregation.
"""
import sys
import time

import numpy
from scipy.optimize import minimize
from scipy.special import expit

REPEATS = 9


def read(path):
    with open(path) as file:
        X, Y, ridge, seconds, loss = file.readline().split()
        cells = numpy.loadtxt(file)
    x = cells[:, 0].astype(numpy.int64)
    a = x * int(Y) + cells[:, 1].astype(numpy.int64)
    b = x * int(Y) + cells[:, 2].astype(numpy.int64)
    n = cells[:, 3].sum()
    return (int(X) * int(Y), float(ridge), float(seconds), float(loss), a, b,
            cells[:, 4] / n, (cells[:, 3] - cells[:, 4]) / n)


def solve(size, ridge, a, b, win, lose, **options):
    def objective(u):
        h = u[a] - u[b]
        loss = win @ numpy.logaddexp(0, -h) + lose @ numpy.logaddexp(0, h)
        slope = lose * expit(h) - win * expit(-h)
        gradient = (numpy.bincount(a, slope, size) - numpy.bincount(b, slope, size)
                    + ridge * u)
        return loss + ridge / 2 * (u @ u), gradient

    return minimize(objective, numpy.zeros(size), jac=True, method="L-BFGS-B",
                    options=options)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    size, ridge, seconds, loss, a, b, win, lose = read(sys.argv[1])
    print(f"{'':32} {'ms':>9} {'ratio':>7} {'gradient':>10}  loss")
    print(f"{'prefront, with aggregation':32} {1e3 * seconds:9.2f} {1:7.2f} {'':>10}  {loss:.15f}")
    settings = {"SciPy L-BFGS-B, its defaults": {},
                "SciPy L-BFGS-B, gradient to 1e-9": dict(gtol=1e-9, ftol=0, maxiter=10000,
                                                         maxfun=100000)}
    for name, options in settings.items():
        times = []
        for _ in range(REPEATS):
            start = time.perf_counter()
            answer = solve(size, ridge, a, b, win, lose, **options)
            times.append(time.perf_counter() - start)
        median = sorted(times)[REPEATS // 2]
        steepest = abs(answer.jac).max()
        print(f"{name:32} {1e3 * median:9.2f} {median / seconds:7.2f} {steepest:10.1e}  "
              f"{answer.fun:.15f}")


main()
