"""Writes Tests/Fixtures/golden/evaluation.json: what NumPy, SciPy and scikit-learn say of embeddings.

    python3 -m venv .venv && .venv/bin/pip install numpy scipy scikit-learn
    .venv/bin/python scripts/golden/evaluation.py

The file is {"versions": {…}, "eigen": …, "whitening": …, "similarity": …, "probe": …, "shares": …}; matrices are
row-major, and each part says below what its names mean.
"""

import json
from pathlib import Path

import numpy
import scipy
import sklearn
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler, normalize

TARGET = Path(__file__).resolve().parents[2] / "Tests/Fixtures/golden/evaluation.json"
luck = numpy.random.default_rng(7)


def short(values, digits=9):
    return [float(f"{x:.{digits}g}") for x in numpy.asarray(values, dtype=float).flatten()]


def eigen():
    """A symmetric matrix and its eigenvalues, largest first."""
    half = luck.normal(size=(12, 12)).round(3)
    matrix = half + half.T
    return {"order": 12, "matrix": short(matrix), "values": short(numpy.linalg.eigvalsh(matrix)[::-1], 15)}


def whitening():
    """Rows, and what whitening to `outputDim` makes of them: Su et al. 2021, with the covariance over n and the largest
    number of each direction positive; their principal components; their effective rank, by their singular values."""
    rows = (luck.normal(size=(40, 6)) @ luck.normal(size=(6, 6)) + luck.normal(size=6)).astype(numpy.float32).round(3)
    wide = rows.astype(float)
    u, values, _ = numpy.linalg.svd(numpy.cov(wide.T, bias=True))
    u *= numpy.sign(u[numpy.abs(u).argmax(axis=0), range(6)])
    white = (wide - wide.mean(axis=0)) @ (u / numpy.sqrt(values))[:, :4]
    sigma = numpy.linalg.svd(wide, compute_uv=False)
    share = sigma / sigma.sum()
    return {"embedDim": 6, "outputDim": 4, "rows": short(rows), "whitened": short(white),
            "principal": short((wide - wide.mean(axis=0)) @ u[:, :4]),
            "covariance": short(numpy.cov(wide.T, bias=True), 12),
            "effectiveRank": float(numpy.exp(-(share * numpy.log(share)).sum()))}


def similarity():
    """Scores of pairs and what people said of them, with equal values in both, and their correlations."""
    gold = luck.integers(0, 6, size=50).astype(float)
    scores = (gold / 5 + luck.normal(size=50) / 2).round(1)
    return {"scores": short(scores), "gold": short(gold), "spearman": float(stats.spearmanr(scores, gold).statistic),
            "pearson": float(stats.pearsonr(scores, gold).statistic)}


def probe():
    """Rows of four classes and held-out ones; what scikit-learn's logistic regression (C = 1) on standardised features
    and its weighted nearest neighbours (k = 20, on rows of length one) call the latter."""
    centres = luck.normal(size=(4, 8))

    def some(count):
        labels = luck.integers(0, 4, size=count)
        return (centres[labels] + 1.2 * luck.normal(size=(count, 8)) * numpy.arange(1, 9) / 4).round(3), labels

    (x, y), (held, right) = some(160), some(200)
    scaler = StandardScaler().fit(x)
    model = LogisticRegression(C=1, tol=1e-10, max_iter=100_000).fit(scaler.transform(x), y)
    likely = model.predict_proba(scaler.transform(x))[range(len(y)), y]
    loss = (-numpy.log(likely).sum() + (model.coef_ ** 2).sum() / 2) / len(y)
    nearest = KNeighborsClassifier(
        20, metric="cosine", algorithm="brute", weights=lambda distance: numpy.exp((1 - distance) / 0.07))
    nearest.fit(normalize(x), y)
    return {"embedDim": 8, "rows": short(x), "labels": y.tolist(),
            "heldOut": short(held), "heldOutLabels": right.tolist(), "loss": float(loss),
            "probed": model.predict(scaler.transform(held)).tolist(),
            "probeAccuracy": float(model.score(scaler.transform(held), right)),
            "neighbored": nearest.predict(normalize(held)).tolist()}


def shares():
    """[successes, queries, lower end, upper end] of 95 % intervals of shares: percentiles of the binomial distribution."""
    pairs = [(1, 10), (37, 100), (412, 1000), (9_876, 10_000), (3, 7)]
    return [[s, n, *(float(stats.binom.ppf(p, n, s / n) / n) for p in (0.025, 0.975))] for s, n in pairs]


def main():
    TARGET.write_text(json.dumps({
        "versions": {"numpy": numpy.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__,
                     "script": "scripts/golden/evaluation.py"},
        "eigen": eigen(), "whitening": whitening(), "similarity": similarity(), "probe": probe(), "shares": shares(),
    }) + "\n")


if __name__ == "__main__":
    main()
