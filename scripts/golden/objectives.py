"""Writes Tests/Fixtures/golden/objectives.json: what published implementations of losses give, and their gradients.

    scripts/benchmark.d/venv && .venv/bin/python scripts/golden/objectives.py

Everything is computed in float64 from rows of two decimals. The file is {"versions": {…}, "cases": [case, …]}, and a case is

    objective  the word that --objective takes, and "dcl" for clip decoupled
    source     the class that computed it
    first      rows [batch, width] of the first view: pictures, or the first text
    second     rows of the second view
    settings   numbers that the class was given: scale or temperature, bias
    loss       a number
    gradients  of the loss with respect to first and second
"""

import json
import math
import sys
from importlib.metadata import version
from pathlib import Path

import numpy
import torch
import torch.nn.functional as F
from lightly.loss import NTXentLoss
from open_clip.loss import ClipLoss, SigLipLoss
from sentence_transformers.util import cos_sim

TARGET = Path(__file__).resolve().parents[2] / "Tests/Fixtures/golden/objectives.json"
BATCH, WIDTH = 5, 6


def ranking(first, second, scale):
    """sentence-transformers' MultipleNegativesSymmetricRankingLoss, which takes a whole model, line by line."""
    scores, right = cos_sim(first, second) * scale, torch.arange(len(first))
    return (F.cross_entropy(scores, right) + F.cross_entropy(scores.T, right)) / 2


def case(seed, objective, source, loss, **settings):
    random = numpy.random.default_rng(seed)
    rows = [torch.tensor(numpy.round(random.standard_normal((BATCH, WIDTH)), 2), requires_grad=True) for _ in range(2)]
    value = loss(*rows)
    gradients = torch.autograd.grad(value, rows)
    number = lambda x: float(f"{float(x):.8g}")  # noqa: E731
    flat = lambda x: [number(v) for v in x.detach().flatten()]  # noqa: E731
    return {"objective": objective, "source": source, "settings": settings, "first": flat(rows[0]), "second": flat(rows[1]),
            "loss": number(value), "gradients": [flat(gradient) for gradient in gradients]}


def unit(loss):
    return lambda a, b: loss(F.normalize(a, dim=1), F.normalize(b, dim=1))


def cases():
    scale, bias = torch.tensor(8.0, dtype=torch.float64), torch.tensor(-math.log(BATCH - 1), dtype=torch.float64)
    yield case(1, "clip", "open_clip.ClipLoss", unit(lambda a, b: ClipLoss()(a, b, scale)), scale=8)
    yield case(2, "siglip", "open_clip.SigLipLoss", unit(lambda a, b: SigLipLoss()(a, b, scale, bias)), scale=8)
    yield case(3, "simclr", "lightly.loss.NTXentLoss", NTXentLoss(temperature=0.1), temperature=0.1)
    yield case(4, "paraphrase", "sentence_transformers.losses.MultipleNegativesSymmetricRankingLoss",
               lambda a, b: ranking(a, b, 20), scale=20)
    yield case(5, "dcl", "formula (6) of Yeh et al. 2022", unit(decoupled), scale=8)


def decoupled(a, b):
    logits, diagonal = 8 * a @ b.T, torch.eye(BATCH, dtype=torch.bool)
    parts = [x.masked_fill(diagonal, -math.inf).logsumexp(1) - x.diagonal() for x in (logits, logits.T)]
    return (parts[0].mean() + parts[1].mean()) / 2


def main():
    names = ["torch", "open_clip_torch", "lightly", "sentence-transformers"]
    versions = {name: version(name) for name in names} | {"script": "scripts/golden/objectives.py"}
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases())
    TARGET.write_text(f'{{"versions": {json.dumps(versions)}, "cases": [\n{lines}\n]}}\n')
    print(f"{TARGET}: {TARGET.stat().st_size} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
