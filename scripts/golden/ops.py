"""Writes Tests/Fixtures/golden/ops.json: what PyTorch gives for single operations, forward and backward.

    scripts/benchmark.d/venv && .venv/bin/python scripts/golden/ops.py

PyTorch computes in float64 from inputs of two decimals; results are stored with seven significant digits.

The file is {"versions": {…}, "cases": [case, …]}, and a case is

    name       says what is special about it
    operation  one of the names below
    settings   what is no array: only the keys named below
    inputs     {"x": {"shape": [3, 5], "values": [15 numbers, row-major]}, …}
    output     an array as above; a scalar has the shape []
    upstream   the gradient of some loss with respect to the output, of its shape
    gradients  the gradient of that loss with respect to each input, under the input's name

operation                settings                       inputs → output
linear                   activation: none gelu quickGELU tanhGELU  x [rows, in], weight [out, in], bias [out]?, residual [rows, out]?
                                                        → activation(x·weightᵀ + bias) + residual [rows, out]; gelu is exact (erf)
normedLinear             –                              x, gain, bias as layerNorm, weight [out, width], outerBias [out]
                                                        → layerNorm(x)·weightᵀ + outerBias [rows, out]
feedForward              activation, adding: whether x  x [rows, width], gain and bias [width]?, firstWeight [hidden, width],
                         is added                       firstBias, secondWeight [width, hidden], secondBias → [rows, width]
layerNorm                epsilon                        x [rows, width], gain [width], bias [width] → [rows, width]
attention                lengths, heads, causal         qkv [rows, 3·width]: all queries | keys | values, heads side by side in each;
                                                        lengths of the packed segments → [rows, width], scores / √(head width)
selfAttention            lengths, heads, causal         x, gain? and bias? as normedLinear, weight [3·width, width], outerBias:
                                                        attention of normedLinear → [rows, width]
pooledAttention          lengths, heads                 queries [segments, width], keysAndValues [rows, 2·width], keys first
                                                        → [segments, width]
embedTokens              ids, lengths                   table [vocab, width], positions [context, width], kinds [kinds, width]?,
                                                        of which the first counts → [rows, width]
assemblePatches          batch, rows: of positions?     patches [batch·p, width], classToken [width]?, registers [r, width]?,
                                                        positions [p or p + 1, width] → [batch·tokens, width]: class token,
                                                        registers (which have no position), patches; `rows` are the places
                                                        of the patches where these are not all
addScaledColumns         –                              x [rows, width], scale [width], residual [rows, width] → [rows, width]
joinColumns              –                              a [rows, m], b [rows, n] → [rows, m + n]
gatherRows               rows                           x [rows, width] → [count of rows, width]
replaceRows              rows                           x [rows, width], row [width] → [rows, width]
mixRows                  rows, weights: one of each an  x [rows, width] → [2, width]: the first half of them makes row 0, the
                         even number of terms           others row 1
meanRows                 lengths                        x [rows, width] → [segments, width]
normalizeRows            –                              x [rows, width] → [rows, width]
similarities             –                              a [m, width], b [n, width], logScale [] → exp(logScale)·a·bᵀ [m, n]
meanSquaredDistance      –                              a [rows, width], b [rows, width] → [], the mean of squared distances
meanAbsoluteDistance     –                              a [rows, width], b [rows, width] → [], the mean over all numbers
add                      –                              a [rows, width], b [rows, width] → [rows, width]
innerProduct             –                              a [rows, width], b [rows, width] → [], the sum of products
crossEntropy             targets, ignoring: a boolean a  logits [rows, columns] → [], the mean over rows
                         logit
sigmoidCrossEntropy      ignoring: n·n booleans         logits [n, n], bias [] → [], minus the mean over rows of the sums of
                                                        log σ(±(logit + bias)), + on the diagonal
batchNorm                –                              x [rows, width], gain and bias [width]? → [rows, width]
rectify                  –                              x [rows, width] → [rows, width]
joinRows                 –                              a [m, width], b [n, width] → [m + n, width]
symmetricCrossEntropy    ignoring: n·n booleans         logits [n, n] → [], the mean of both directions' cross-entropies; what is
                                                        ignored has probability 0; the right column of row i is i
"""

import argparse
import json
import math
import zlib
from pathlib import Path

import numpy
import torch
import torch.nn.functional as F

TARGET = Path(__file__).resolve().parents[2] / "Tests/Fixtures/golden/ops.json"


class Case:
    """One operation on random inputs, which are the same at every run because they follow from the case's name."""

    def __init__(self, operation, name, **settings):
        self.operation, self.name, self.settings = operation, name, settings
        self.random = numpy.random.default_rng(zlib.crc32(f"{operation}: {name}".encode()))
        self.inputs = {}

    def input(self, name, *shape, scale=1.0, offset=0.0):
        return self.given(name, numpy.round(offset + scale * self.random.standard_normal(shape), 2))

    def given(self, name, values):
        tensor = torch.tensor(values, dtype=torch.float64, requires_grad=True)
        self.inputs[name] = tensor
        return tensor

    def giving(self, output):
        upstream = torch.tensor(numpy.round(self.random.standard_normal(tuple(output.shape)), 2))
        gradients = torch.autograd.grad(output, list(self.inputs.values()), upstream)
        return {
            "name": self.name,
            "operation": self.operation,
            "settings": self.settings,
            "inputs": {name: array(x) for name, x in self.inputs.items()},
            "output": array(output),
            "upstream": array(upstream),
            "gradients": {name: array(g) for name, g in zip(self.inputs, gradients)},
        }


def array(tensor):
    values = [float(f"{v:.7g}") for v in tensor.detach().reshape(-1).tolist()]
    return {"shape": list(tensor.shape), "values": values}


def quick_gelu(x):
    return x * torch.sigmoid(1.702 * x)


ACTIVATIONS = {"none": lambda x: x, "gelu": F.gelu, "quickGELU": quick_gelu,
               "tanhGELU": lambda x: F.gelu(x, approximate="tanh")}


def linear(name, rows, inner, outer, bias=True, activation="none", residual=False):
    case = Case("linear", name, activation=activation)
    x, weight = case.input("x", rows, inner), case.input("weight", outer, inner, scale=0.5)
    y = F.linear(x, weight, case.input("bias", outer) if bias else None)
    y = ACTIVATIONS[activation](y)
    return case.giving(y + case.input("residual", rows, outer) if residual else y)


def layer_norm(name, rows, width, offset=0.0, constant_row=None):
    case = Case("layerNorm", name, epsilon=1e-5)
    values = numpy.round(offset + case.random.standard_normal((rows, width)), 2)
    if constant_row is not None:
        values[constant_row] = 0.5
    x, gain, bias = case.given("x", values), case.input("gain", width, offset=1.0), case.input("bias", width)
    return case.giving(F.layer_norm(x, (width,), gain, bias, eps=1e-5))


def normed_linear(name, rows, width, outer):
    case = Case("normedLinear", name)
    x, gain, bias = case.input("x", rows, width), case.input("gain", width, offset=1.0), case.input("bias", width)
    weight, outer_bias = case.input("weight", outer, width, scale=0.5), case.input("outerBias", outer)
    return case.giving(F.linear(F.layer_norm(x, (width,), gain, bias, eps=1e-5), weight, outer_bias))


def feed_forward(name, rows, width, hidden, activation="gelu", norm=True, adding=True):
    case = Case("feedForward", name, activation=activation, adding=adding)
    x = seen = case.input("x", rows, width)
    if norm:
        seen = F.layer_norm(x, (width,), case.input("gain", width, offset=1.0), case.input("bias", width), eps=1e-5)
    inner = F.linear(seen, case.input("firstWeight", hidden, width, scale=0.5), case.input("firstBias", hidden))
    y = F.linear(ACTIVATIONS[activation](inner), case.input("secondWeight", width, hidden, scale=0.5),
                 case.input("secondBias", width))
    return case.giving(x + y if adding else y)


def attended(qkv, lengths, heads, causal):
    width, rows = qkv.shape[1] // 3, []
    for segment in qkv.split(lengths):  # [tokens, 3·width]
        q, k, v = (part.unflatten(1, (heads, -1)).transpose(0, 1) for part in segment.split(width, dim=1))
        scores = q @ k.transpose(1, 2) / math.sqrt(width // heads)  # [heads, tokens, tokens]
        if causal:
            later = torch.ones(len(segment), len(segment), dtype=torch.bool).triu(1)
            scores = scores.masked_fill(later, -math.inf)
        rows.append((scores.softmax(-1) @ v).transpose(0, 1).flatten(1))
    return torch.cat(rows)


def attention(name, lengths, heads, head_width, causal, scale=1.0):
    case = Case("attention", name, lengths=lengths, heads=heads, causal=causal)
    return case.giving(attended(case.input("qkv", sum(lengths), 3 * heads * head_width, scale=scale), lengths, heads, causal))


def self_attention(name, lengths, heads, head_width, causal, norm=True):
    case, width = Case("selfAttention", name, lengths=lengths, heads=heads, causal=causal), heads * head_width
    x = seen = case.input("x", sum(lengths), width)
    if norm:
        seen = F.layer_norm(x, (width,), case.input("gain", width, offset=1.0), case.input("bias", width), eps=1e-5)
    qkv = F.linear(seen, case.input("weight", 3 * width, width, scale=0.5), case.input("outerBias", 3 * width))
    return case.giving(attended(qkv, lengths, heads, causal))


def pooled_attention(name, lengths, heads, head_width, scale=1.0):
    case = Case("pooledAttention", name, lengths=lengths, heads=heads)
    width = heads * head_width
    queries = case.input("queries", len(lengths), width, scale=scale)
    keys_and_values = case.input("keysAndValues", sum(lengths), 2 * width)
    rows = []
    for query, segment in zip(queries, keys_and_values.split(lengths)):
        k, v = (part.unflatten(1, (heads, head_width)).transpose(0, 1) for part in segment.split(width, dim=1))
        q = query.view(heads, 1, head_width)
        rows.append(F.scaled_dot_product_attention(q, k, v).flatten())
    return case.giving(torch.stack(rows))


def embed_tokens(name, vocab, width, context, lengths, kinds=0):
    case = Case("embedTokens", name)
    ids = case.random.integers(0, vocab, sum(lengths)).tolist()
    case.settings.update(ids=ids, lengths=lengths)
    table, positions = case.input("table", vocab, width), case.input("positions", context, width)
    places = [place for length in lengths for place in range(length)]
    rows = table[ids] + positions[places]
    return case.giving(rows + case.input("kinds", kinds, width)[0] if kinds else rows)


def assemble_patches(name, batch, patches, width, class_token, registers=0):
    case = Case("assemblePatches", name, batch=batch)
    rows = case.input("patches", batch * patches, width).unflatten(0, (batch, patches))
    if class_token:
        first = case.input("classToken", width).expand(batch, 1, width)
        rows = torch.cat([first, rows], dim=1)
    rows = rows + case.input("positions", rows.shape[1], width)
    if registers:
        more = case.input("registers", registers, width).expand(batch, registers, width)
        rows = torch.cat([rows[:, :1], more, rows[:, 1:]], dim=1)
    return case.giving(rows.flatten(0, 1))


def assemble_some_patches(name, batch, all_places, width, places):
    """Places of each picture's patches, one picture behind the other; a class token before them."""
    case = Case("assemblePatches", name, batch=batch, rows=places)
    rows = case.input("patches", len(places), width)
    first = case.input("classToken", width).expand(batch, 1, width)
    positions = case.input("positions", all_places + 1, width)
    rows = (rows + positions[1 + torch.tensor(places)]).unflatten(0, (batch, -1))
    return case.giving(torch.cat([first + positions[0], rows], dim=1).flatten(0, 1))


def add_scaled_columns(name, rows, width):
    case = Case("addScaledColumns", name)
    x, scale, residual = case.input("x", rows, width), case.input("scale", width), case.input("residual", rows, width)
    return case.giving(residual + scale * x)


def join_columns(name, rows, m, n):
    case = Case("joinColumns", name)
    return case.giving(torch.cat([case.input("a", rows, m), case.input("b", rows, n)], dim=1))


def gather_rows(name, count, width, rows):
    case = Case("gatherRows", name, rows=rows)
    return case.giving(case.input("x", count, width)[rows])


def replace_rows(name, count, width, rows):
    case = Case("replaceRows", name, rows=rows)
    x, row = case.input("x", count, width), case.input("row", width)
    hidden = torch.zeros(count, 1, dtype=torch.bool)
    hidden[rows] = True
    return case.giving(torch.where(hidden, row, x))


def mix_rows(name, count, width, rows, weights):
    case = Case("mixRows", name, rows=rows, weights=weights)
    terms = case.input("x", count, width)[rows] * torch.tensor(weights)[:, None]
    return case.giving(terms.unflatten(0, (2, -1)).sum(1))


def mean_rows(name, lengths, width):
    case = Case("meanRows", name, lengths=lengths)
    segments = case.input("x", sum(lengths), width).split(lengths)
    return case.giving(torch.stack([segment.mean(0) for segment in segments]))


def normalize_rows(name, rows, width, scale=1.0):
    case = Case("normalizeRows", name)
    return case.giving(F.normalize(case.input("x", rows, width, scale=scale), dim=1))


def similarities(name, m, n, width, log_scale):
    case = Case("similarities", name)
    a, b = case.input("a", m, width, scale=0.3), case.input("b", n, width, scale=0.3)
    return case.giving(case.given("logScale", log_scale).exp() * a @ b.T)


def mean_squared_distance(name, rows, width):
    case = Case("meanSquaredDistance", name)
    a, b = case.input("a", rows, width), case.input("b", rows, width)
    return case.giving(F.mse_loss(a, b, reduction="sum") / rows)


def mean_absolute_distance(name, rows, width):
    case = Case("meanAbsoluteDistance", name)
    return case.giving(F.l1_loss(case.input("a", rows, width), case.input("b", rows, width)))


def add(name, rows, width):
    case = Case("add", name)
    return case.giving(case.input("a", rows, width) + case.input("b", rows, width))


def inner_product(name, rows, width):
    case = Case("innerProduct", name)
    return case.giving((case.input("a", rows, width) * case.input("b", rows, width)).sum())


def symmetric_cross_entropy(name, n, scale=1.0, ignored=()):
    mask = torch.zeros(n, n, dtype=torch.bool)
    for row, column in ignored:
        mask[row, column] = True
    case = Case("symmetricCrossEntropy", name, ignoring=mask.flatten().tolist())
    logits = case.input("logits", n, n, scale=scale).masked_fill(mask, -math.inf)
    right = torch.arange(n)
    return case.giving((F.cross_entropy(logits, right) + F.cross_entropy(logits.T, right)) / 2)


def cross_entropy(name, targets, columns, scale=1.0, ignored=()):
    rows = len(targets)
    mask = torch.zeros(rows, columns, dtype=torch.bool)
    for row, column in ignored:
        mask[row, column] = True
    case = Case("crossEntropy", name, targets=targets, ignoring=mask.flatten().tolist())
    logits = case.input("logits", rows, columns, scale=scale)
    right = logits[range(rows), targets]
    return case.giving((logits.masked_fill(mask, -math.inf).logsumexp(1) - right).mean())


def sigmoid_cross_entropy(name, n, scale=1.0, bias=-1.5, ignored=()):
    kept = torch.ones(n, n)
    for row, column in ignored:
        kept[row, column] = 0
    case = Case("sigmoidCrossEntropy", name, ignoring=(kept == 0).flatten().tolist())
    logits, signs = case.input("logits", n, n, scale=scale), 2 * torch.eye(n) - 1
    return case.giving(-(F.logsigmoid(signs * (logits + case.given("bias", bias))) * kept).sum() / n)


def batch_norm(name, rows, width, parameters=True, offset=0.0):
    case = Case("batchNorm", name)
    x = case.input("x", rows, width, offset=offset)
    gain, bias = (case.input("gain", width, offset=1.0), case.input("bias", width)) if parameters else (None, None)
    return case.giving(F.batch_norm(x, None, None, gain, bias, training=True, eps=1e-5))


def rectify(name, rows, width):
    case = Case("rectify", name)
    return case.giving(F.relu(case.input("x", rows, width)))


def join_rows(name, m, n, width):
    case = Case("joinRows", name)
    return case.giving(torch.cat([case.input("a", m, width), case.input("b", n, width)]))


def cases():
    yield linear("bias", 5, 7, 3)
    yield linear("one row, one column", 1, 4, 1)
    yield linear("no bias", 3, 5, 18, bias=False)
    yield linear("gelu", 7, 6, 17, activation="gelu")
    yield linear("quickGELU", 7, 6, 17, activation="quickGELU")
    yield linear("tanhGELU", 7, 6, 17, activation="tanhGELU")
    yield linear("tanhGELU, residual", 3, 4, 16, activation="tanhGELU", residual=True)
    yield linear("residual", 4, 19, 5, residual=True)
    yield linear("no bias, residual", 4, 3, 6, bias=False, residual=True)
    yield linear("gelu, residual", 3, 4, 16, activation="gelu", residual=True)
    yield normed_linear("odd widths", 5, 7, 19)
    yield self_attention("one, three and seven tokens", [1, 3, 7], 2, 4, causal=False)
    yield self_attention("causal, no norm", [4, 2], 1, 5, causal=True, norm=False)
    yield feed_forward("gelu, added", 4, 7, 18)
    yield feed_forward("tanhGELU, no norm, added", 3, 5, 9, activation="tanhGELU", norm=False)
    yield feed_forward("quickGELU, not added", 2, 4, 17, activation="quickGELU", adding=False)
    yield layer_norm("odd width", 3, 5)
    yield layer_norm("wide", 4, 48)
    yield layer_norm("far from zero", 2, 24, offset=30.0)
    yield layer_norm("a constant row", 3, 8, constant_row=1)
    for causal in (False, True):
        word = "causal" if causal else "full"
        yield attention(f"{word}, heads of 8", [1, 17, 4], heads=2, head_width=8, causal=causal)
        yield attention(f"{word}, heads of 32", [2, 7], heads=2, head_width=32, causal=causal)
        yield attention(f"{word}, heads of 64", [5, 2], heads=1, head_width=64, causal=causal)
        yield attention(f"{word}, large scores", [3, 5], heads=1, head_width=8, causal=causal, scale=8.0)
    yield pooled_attention("heads of 8", [1, 17, 4], heads=2, head_width=8)
    yield pooled_attention("heads of 64", [5, 2], heads=1, head_width=64)
    yield pooled_attention("large scores", [3, 5], heads=3, head_width=5, scale=8.0)
    yield embed_tokens("repeated tokens", vocab=6, width=5, context=8, lengths=[4, 1, 6])
    yield assemble_patches("class token", batch=3, patches=4, width=5, class_token=True)
    yield assemble_patches("no class token", batch=2, patches=3, width=6, class_token=False)
    yield embed_tokens("kinds of segments", vocab=4, width=3, context=4, lengths=[2, 3], kinds=2)
    yield assemble_patches("registers", batch=2, patches=4, width=5, class_token=True, registers=3)
    yield assemble_some_patches("some places", batch=2, all_places=5, width=4, places=[0, 3, 4, 2])
    yield add_scaled_columns("odd width", 5, 7)
    yield join_columns("three and five", 4, 3, 5)
    yield gather_rows("a row twice, a row never", 5, 6, [4, 0, 4, 2])
    yield replace_rows("two of five", 5, 6, [4, 1])
    yield mix_rows("a row twice", 4, 5, [0, 2, 2, 3], [1.0, 0.25, -2.0, 0.5])
    yield mean_rows("lengths one, four, two", [1, 4, 2], 7)
    yield normalize_rows("odd width", 4, 7)
    yield normalize_rows("long rows", 2, 33, scale=20.0)
    yield similarities("square", 4, 4, 9, math.log(1 / 0.07))
    yield similarities("more captions than pictures", 2, 5, 3, 0.5)
    yield mean_squared_distance("odd width", 3, 7)
    yield mean_absolute_distance("odd width", 3, 7)
    yield add("odd width", 3, 7)
    yield inner_product("odd width", 3, 7)
    yield cross_entropy("nothing ignored", [4, 0, 4], 5)
    yield cross_entropy("large logits, many columns", [18, 3], 19, scale=40.0)
    yield cross_entropy("ignoring, a target among them", [1, 2, 0], 3, ignored=[(0, 0), (1, 2), (2, 1)])
    yield sigmoid_cross_entropy("nothing ignored", 4)
    yield sigmoid_cross_entropy("large logits, ignoring", 3, scale=40.0, ignored=[(0, 1), (2, 0)])
    yield batch_norm("odd width", 5, 7)
    yield batch_norm("no parameters, far from zero", 4, 3, parameters=False, offset=30.0)
    yield rectify("odd width", 3, 5)
    yield join_rows("two and three", 2, 3, 5)
    yield symmetric_cross_entropy("nothing ignored", 5)
    yield symmetric_cross_entropy("large logits", 4, scale=40.0)
    yield symmetric_cross_entropy("ignoring", 5, ignored=[(0, 3), (3, 0), (1, 2)])
    yield symmetric_cross_entropy("all but the diagonal ignored in a row", 3, ignored=[(1, 0), (1, 2)])
    yield symmetric_cross_entropy("one pair", 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args()
    versions = {"torch": torch.__version__.split("+")[0], "numpy": numpy.__version__, "script": "scripts/golden/ops.py"}
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases())
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(f'{{"versions": {json.dumps(versions)}, "cases": [\n{lines}\n]}}\n')
    print(f"{TARGET}: {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
