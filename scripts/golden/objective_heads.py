"""Writes Tests/Fixtures/golden/objective-heads.json: objectives with parameters of their own, computed by PyTorch.

    scripts/benchmark.d/venv && .venv/bin/python scripts/golden/objective_heads.py

Everything is computed in float64 from numbers of two decimals. Losses are lightly's where it has them, else PyTorch's modules
put together as the papers say. The file is {"versions": {…}, "cases": [case, …]}, and a case is

    objective   the word that --objective takes
    source      what computed it
    settings    numbers: imageWidth, textWidth, headWidth, queueCount, patchWidth, vocabSize, decoder layers
    inputs      what the towers made: {"name": {"shape": [rows, width], "values": […]}, …}
    parameters  of the objective, by its own names, as inputs
    lists       whole numbers: hidden places, lengths of documents and texts, tokens, numbers of equal sentences
    loss        a number
    gradients   of the loss with respect to inputs and parameters, by name, flat; without those that have none
    after       parameters that a step changes though no gradient does, by name, flat
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path

import numpy
import torch
import torch.nn.functional as F
from lightly.loss import NTXentLoss
from lightly.models.utils import normalize_mean_var

TARGET = Path(__file__).resolve().parents[2] / "Tests/Fixtures/golden/objective-heads.json"
DOUBLE = torch.float64


class Case:
    """Tensors that are drawn as they are asked for."""

    def __init__(self, seed, objective, source, **settings):
        self.random = numpy.random.default_rng(seed)
        self.head = {"objective": objective, "source": source, "settings": settings}
        self.inputs, self.parameters, self.lists, self.after = {}, {}, {}, {}

    def draw(self, shape, scale=1.0, mean=0.0):
        return torch.tensor(numpy.round(mean + scale * self.random.standard_normal(shape), 2), dtype=DOUBLE)

    def input(self, name, *shape, learns=True):
        self.inputs[name] = self.draw(shape, 0.7).requires_grad_(learns)
        return self.inputs[name]

    def parameter(self, name, *shape, scale=0.3, mean=0.0, learns=True):
        self.parameters[name] = self.draw(shape, scale, mean).requires_grad_(learns)
        return self.parameters[name]

    def norm(self, name, width, learns=True):
        gain = self.parameter(f"{name}.weight", width, scale=0.1, mean=1, learns=learns)
        return gain, self.parameter(f"{name}.bias", width, scale=0.1, learns=learns)

    def linear(self, name, outputs, inputs):
        return self.parameter(f"{name}.weight", outputs, inputs), self.parameter(f"{name}.bias", outputs, scale=0.1)

    def projection(self, name, widths, learns=True):
        """A head of Chen et al. 2021 (MoCo v3): linear, batch norm, ReLU; the last batch norm has no parameters."""
        layers = []
        for number in range(1, len(widths)):
            weight = self.parameter(f"{name}.{number}.weight", widths[number], widths[number - 1], learns=learns)
            isLast = number == len(widths) - 1
            layers.append((weight, (None, None) if isLast else self.norm(f"{name}.{number}.norm", widths[number], learns)))

        def apply(x):
            for weight, (gain, bias) in layers:
                x = F.batch_norm(F.linear(x, weight), None, None, gain, bias, training=True)
                x = x if gain is None else F.relu(x)
            return F.normalize(x, dim=1)

        return apply

    def block(self, name, width, heads=1, causal=False):
        """A block of torch.nn.TransformerEncoderLayer with the norm first."""
        layer = torch.nn.TransformerEncoderLayer(
            width, heads, 4 * width, dropout=0, activation="gelu", batch_first=True, norm_first=True, dtype=DOUBLE)
        own = {"norm1": self.norm(f"{name}.layer_norm1", width)}
        parts = [self.linear(f"{name}.self_attn.{part}_proj", width, width) for part in ("q", "k", "v")]
        own["self_attn.out_proj"] = self.linear(f"{name}.self_attn.out_proj", width, width)
        own["norm2"] = self.norm(f"{name}.layer_norm2", width)
        own["linear1"] = self.linear(f"{name}.mlp.fc1", 4 * width, width)
        own["linear2"] = self.linear(f"{name}.mlp.fc2", width, 4 * width)

        def apply(x):
            """x is [sequences, length, width]."""
            state = {f"{part}.{kind}": tensor for part, pair in own.items() for kind, tensor in zip(("weight", "bias"), pair)}
            state["self_attn.in_proj_weight"] = torch.cat([weight for weight, _ in parts])
            state["self_attn.in_proj_bias"] = torch.cat([bias for _, bias in parts])
            mask = torch.nn.Transformer.generate_square_subsequent_mask(x.shape[1], dtype=DOUBLE) if causal else None
            return torch.func.functional_call(layer, state, (x, mask))

        return apply

    def made(self, loss):
        leaves = {name: x for name, x in (self.inputs | self.parameters).items() if x.requires_grad}
        found = torch.autograd.grad(loss, list(leaves.values()), allow_unused=True)
        gradients = {name: flat(x) for name, x in zip(leaves, found) if x is not None}
        arrays = lambda tensors: {n: {"shape": list(x.shape), "values": flat(x)} for n, x in tensors.items()}  # noqa: E731
        return self.head | {"inputs": arrays(self.inputs), "parameters": arrays(self.parameters), "lists": self.lists,
                            "loss": number(loss), "gradients": gradients, "after": {n: flat(x) for n, x in self.after.items()}}


def number(x):
    return float(f"{float(x.detach()):.7g}")


def flat(x):
    return [number(v) for v in x.detach().flatten()]


def views(case, width, count=5):
    names = ["views.0", "views.1"], ["slow_views.0", "slow_views.1"]
    return [case.input(n, count, width) for n in names[0]], [case.input(n, count, width, learns=False) for n in names[1]]


def moco():
    """Chen et al. 2021, algorithm 1, without its factor 2τ."""
    case = Case(1, "moco", "algorithm 1 of Chen et al. 2021, PyTorch", imageWidth=4, headWidth=6)
    (x1, x2), (slow1, slow2) = views(case, 4)
    head, slow = [case.projection(f"{slow}objective.moco.head", [4, 16, 6], not slow) for slow in ("", "slow.")]
    predictor = case.projection("objective.moco.predictor", [6, 16, 6])

    def contrast(q, k):
        return F.cross_entropy(q @ k.detach().T / 0.2, torch.arange(len(q)))

    q1, q2 = predictor(head(x1)), predictor(head(x2))
    return case.made((contrast(q1, slow(slow2)) + contrast(q2, slow(slow1))) / 2)


def moco_queue():
    case = Case(2, "moco-v2", "lightly.loss.NTXentLoss with a memory bank", imageWidth=4, headWidth=6, queueCount=8)
    (x1, x2), (slow1, slow2) = views(case, 4)
    head, slow = [case.projection(f"{slow}objective.moco-v2.head", [4, 16, 6], not slow) for slow in ("", "slow.")]
    queue = case.parameter("objective.moco-v2.queue", 8, 6, learns=False)
    queue.copy_(F.normalize(queue, dim=1))

    def contrast(q, k):
        loss = NTXentLoss(temperature=0.2, memory_bank_size=(8, 6)).double()
        loss.memory_bank.bank = queue.clone()
        return loss(q, k.detach()), loss.memory_bank.bank

    first, after = contrast(head(x1), slow(slow2))
    second, _ = contrast(head(x2), slow(slow1))
    case.after = {"objective.moco-v2.queue": after}
    return case.made((first + second) / 2)


HIDDEN, PATCHES, PATCH_WIDTH = [[0, 1, 3], [1, 2, 3]], 4, 5


def mae():
    """He et al. 2022: the loss is that of their code, mean over hidden patches of the mean square, of normalised pixels."""
    case = Case(3, "mae", "lightly.models.utils.normalize_mean_var and MSELoss behind PyTorch's blocks", imageWidth=8,
                patchWidth=PATCH_WIDTH, layers=2)
    count, width, name = len(HIDDEN), 4, "objective.mae.decoder"
    visible = case.input("visible", count * 2, 8)  # one patch of each picture behind a class token
    patches = case.input("patches", count * PATCHES, PATCH_WIDTH, learns=False)
    case.lists = {"hidden": [place for places in HIDDEN for place in places]}
    entry = case.linear(f"{name}.entry", width, 8)
    token = case.parameter(f"{name}.mask_token", 1, width)
    positions = case.parameter(f"{name}.positions", PATCHES, width, learns=False)
    blocks = [case.block(f"{name}.encoder.layers.{i}", width) for i in range(2)]
    norm = case.norm(f"{name}.norm", width)
    leave = case.linear(f"{name}.exit", PATCH_WIDTH, width)
    entered = F.linear(visible, *entry).view(count, 2, width)[:, 1]
    rows = torch.stack([
        torch.stack([token[0] if place in hidden else entered[picture] for place in range(PATCHES)]) + positions
        for picture, hidden in enumerate(HIDDEN)])
    for block in blocks:
        rows = block(rows)
    pixels = F.linear(F.layer_norm(rows, [width], *norm), *leave)
    target = normalize_mean_var(patches).view(count, PATCHES, PATCH_WIDTH)
    index = [(picture, place) for picture, places in enumerate(HIDDEN) for place in places]
    return case.made(torch.nn.MSELoss()(torch.stack([pixels[at] for at in index]), torch.stack([target[at] for at in index])))


def simmim():
    """Xie et al. 2022, equation 1, as lightly's example has it: L1Loss of the hidden patches."""
    case = Case(4, "simmim", "L1Loss as in lightly's SimMIM", imageWidth=8, patchWidth=PATCH_WIDTH)
    hidden = [[0, 2], [1, 3]]
    masked = case.input("masked", 2 * (PATCHES + 1), 8)
    patches = case.input("patches", 2 * PATCHES, PATCH_WIDTH, learns=False)
    case.lists = {"hidden": [place for places in hidden for place in places]}
    case.parameter("objective.simmim.mask_token", 8)
    layer = case.linear("objective.simmim", PATCH_WIDTH, 8)
    rows, pixels = masked.view(2, PATCHES + 1, 8)[:, 1:], patches.view(2, PATCHES, PATCH_WIDTH)
    index = [(picture, place) for picture, places in enumerate(hidden) for place in places]
    drawn = F.linear(torch.stack([rows[at] for at in index]), *layer)
    return case.made(torch.nn.L1Loss()(drawn, torch.stack([pixels[at] for at in index])))


def cpc():
    """van den Oord et al. 2018, equations 3 and 4; cosines by 0.1, the context made by a causal block."""
    case = Case(5, "cpc", "equations 3 and 4 of van den Oord et al. 2018, PyTorch", textWidth=8)
    lengths, ids, steps, name = [4, 3], [0, 1, 2, 3, 4, 1, 5], 3, "objective.cpc"
    rows = case.input("passages", sum(lengths), 8)
    case.lists = {"lengths": lengths, "ids": ids}
    block = case.block(f"{name}.aggregator.encoder.layers.0", 8, causal=True)
    positions = case.parameter(f"{name}.positions", 8, 8)
    norm = case.norm(f"{name}.norm", 8)
    predictors = [case.parameter(f"{name}.predictor.{k}.weight", 8, 8) for k in range(1, steps + 1)]
    contexts, losses, candidates = [], [], F.normalize(rows, dim=1)
    for document in rows.split(lengths):
        contexts.append(F.layer_norm(block((document + positions[: len(document)])[None])[0], [8], *norm))
    for k, predictor in enumerate(predictors, 1):
        for number, length in enumerate(lengths):
            start = sum(lengths[:number])
            for t in range(length - k):
                right = start + t + k
                logits = candidates @ F.normalize(predictor @ contexts[number][t], dim=0) / 0.1
                twins = [j for j in range(len(ids)) if j != right and ids[j] == ids[right]]
                keep = [j for j in range(len(ids)) if j not in twins]
                losses.append(logits[keep].logsumexp(0) - logits[right])
    return case.made(torch.stack(losses).mean())


def tsdae():
    """Wang et al. 2021, equation 1. Attention to one row: cross-attention of a single key is the key's value."""
    case = Case(6, "tsdae", "equation 1 of Wang et al. 2021, PyTorch", textWidth=8, vocabSize=7, contextLength=4)
    lengths, tokens, name = [3, 2], [1, 2, 6, 4, 5], "objective.tsdae"
    rows, table = case.input("shortened", 2, 8), case.input("table", 7, 8)
    case.lists = {"lengths": lengths, "tokens": tokens}
    positions = case.parameter(f"{name}.positions", 4, 8)
    values = [case.linear(f"{name}.values.{i}", 8, 8) for i in range(2)]
    blocks = [case.block(f"{name}.decoder.{i}.encoder.layers.0", 8, causal=True) for i in range(2)]
    dense, norm = case.linear(f"{name}.dense", 8, 8), case.norm(f"{name}.LayerNorm", 8)
    bias = case.parameter(f"{name}.bias", 7, scale=0.1)
    losses = []
    for row, text in zip(rows, torch.tensor(tokens).split(lengths)):
        x = table[text] + positions[: len(text)]
        for value, block in zip(values, blocks):
            x = block((x + F.linear(row, *value))[None])[0]
        hidden = F.layer_norm(F.gelu(F.linear(x[:-1], *dense)), [8], *norm)
        losses.append(F.cross_entropy(F.linear(hidden, table, bias), text[1:], reduction="none"))
    return case.made(torch.cat(losses).mean())


def main():
    versions = {name: version(name) for name in ["torch", "lightly"]} | {"script": "scripts/golden/objective_heads.py"}
    made = [json.dumps(case(), separators=(",", ":")) for case in (moco, moco_queue, mae, simmim, cpc, tsdae)]
    TARGET.write_text(f'{{"versions": {json.dumps(versions)}, "cases": [\n' + ",\n".join(made) + "\n]}\n")
    print(f"{TARGET}: {TARGET.stat().st_size} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
