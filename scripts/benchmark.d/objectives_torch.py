"""The peers of `scripts/benchmark objectives`: figures without learning, and lightly's objectives on the same tower.

    objectives_torch.py pixels FOLDER              classes by neighbours of raw pixels (IDX files)
    objectives_torch.py idf FOLDER                 R@10 by overlap of words (validation.tsv of two columns)
    objectives_torch.py bag FOLDER                 classes by neighbours of bags of symbols (train.txt, validation.txt)
    objectives_torch.py simclr|moco|mae|supervised FOLDER --model MODEL --minutes M

Prints one line of JSON: share, chance, queries.
"""

import argparse
import copy
import gzip
import json
import math
import random
import re
import time
from collections import Counter
from pathlib import Path

import numpy
import torch
import torch.nn.functional as F
from torch import nn

from report import REPOSITORY
from towers_torch import VisionTower, waves

KNOWN, QUERIES, NEIGHBOURS, TEMPERATURE = 10_000, 2_000, 20, 0.07


def neighbours(known, known_labels, queries, labels):
    """Wu et al. 2018, section 3.4: the votes of the 20 nearest, weighted by exp(cosine / 0.07)."""
    known, queries = (F.normalize(torch.as_tensor(rows, dtype=torch.float32), dim=1) for rows in (known, queries))
    known_labels, labels = torch.as_tensor(known_labels), torch.as_tensor(labels)
    scores, places = (queries @ known.T).topk(NEIGHBOURS, dim=1)
    votes = torch.zeros(len(queries), int(known_labels.max()) + 1)
    votes.scatter_add_(1, known_labels[places], ((scores - scores[:, :1]) / TEMPERATURE).exp())
    right = (votes.argmax(1) == labels).double().mean()
    return {"share": float(right), "chance": float(labels.bincount().max() / len(labels)), "queries": len(labels)}


def idx(folder, part):
    """(pictures [n, 28, 28] of bytes, labels [n])."""
    def read(name):
        data = gzip.decompress((folder / f"{part}-{name}-ubyte.gz").read_bytes())
        axes = numpy.frombuffer(data, ">i4", data[3], 4)
        return numpy.frombuffer(data, numpy.uint8, offset=4 + 4 * data[3]).reshape(axes)
    return read("images-idx3"), read("labels-idx1").astype(numpy.int64)


def chosen(folder):
    """Pictures to ask, and pictures to be asked: as many as clip-train takes, drawn by lot."""
    parts = []
    for part, count in (("train", KNOWN), ("t10k", QUERIES)):
        pictures, labels = idx(folder, part)
        places = numpy.random.default_rng(0).permutation(len(labels))[:count]
        parts += [pictures[places], labels[places]]
    return parts


def pixels(folder):
    known, known_labels, queries, labels = chosen(folder)
    flat = lambda x: x.reshape(len(x), -1) / 255 - 0.5  # noqa: E731
    return neighbours(flat(known), known_labels, flat(queries), labels)


WORD = re.compile(r"\w+")


def idf_rows(texts, weights):
    return [{word: weights(word) for word in set(WORD.findall(text.lower()))} for text in texts]


def overlap(folder):
    """Cosines of bags of words, each weighted by the logarithm of its rarity in the training texts."""
    lines = (folder / "validation.tsv").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t") for line in random.Random(0).sample(lines, 500)]
    training = (folder / "train.tsv").read_text(encoding="utf-8").lower().splitlines()
    counts = Counter(word for line in training for word in set(WORD.findall(line)))
    rarity = lambda word: math.log((1 + len(training)) / (1 + counts[word]))  # noqa: E731
    first, second = (idf_rows(column, rarity) for column in zip(*pairs))

    def cosine(a, b):
        lengths = math.sqrt(sum(x * x for x in a.values()) * sum(x * x for x in b.values()))
        return sum(a[word] * b[word] for word in a.keys() & b.keys()) / lengths if lengths else 0

    found = 0.0
    for number, query in enumerate(first):
        scores = [cosine(query, answer) for answer in second]
        better = sum(score > scores[number] for score in scores)
        equal = sum(score == scores[number] for score in scores) - 1
        found += better + equal / 2 < 10
    return {"share": found / len(pairs), "chance": 10 / len(pairs), "queries": len(pairs)}


def bag(folder):
    """Bags of symbols, weighted by the logarithm of their rarity."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    def read(name):
        rows = [line.split(" ", 1) for line in (folder / name).read_text(encoding="utf-8").splitlines()]
        return [label for label, _ in rows], [text for _, text in rows]

    (known_names, known), (names, queries) = read("train.txt"), read("validation.txt")
    draw = lambda n, most: numpy.random.default_rng(0).permutation(n)[:most]  # noqa: E731
    known_places, places = draw(len(known), KNOWN), draw(len(queries), QUERIES)
    vectors = TfidfVectorizer(token_pattern=r"\S+", lowercase=False).fit(known)
    numbers = {name: number for number, name in enumerate(sorted({*known_names, *names}))}
    pick = lambda rows, where: [rows[place] for place in where]  # noqa: E731
    scores = vectors.transform(pick(queries, places)) @ vectors.transform(pick(known, known_places)).T
    scores = torch.tensor(scores.toarray(), dtype=torch.float32)
    known_labels = torch.tensor([numbers[name] for name in pick(known_names, known_places)])
    labels = torch.tensor([numbers[name] for name in pick(names, places)])
    best, where = scores.topk(NEIGHBOURS, dim=1)
    votes = torch.zeros(len(labels), len(numbers))
    votes.scatter_add_(1, known_labels[where], ((best - best[:, :1]) / TEMPERATURE).exp())
    return {"share": float((votes.argmax(1) == labels).double().mean()),
            "chance": float(labels.bincount().max() / len(labels)), "queries": len(labels)}


class Tower(nn.Module):
    """The picture tower of a preset, to one row a picture, or to rows of some patches."""

    def __init__(self, settings):
        super().__init__()
        self.averages = settings["vision_cfg"].pop("pool_type", "tok") == "avg"
        self.tower = VisionTower(**settings["vision_cfg"], embed_dim=settings["embed_dim"])
        self.side, self.width = settings["vision_cfg"]["image_size"], settings["vision_cfg"]["width"]
        positions = self.tower.positions
        positions.data = waves(math.isqrt(len(positions) - 1), positions.shape[1])

    def rows(self, pictures, kept=None):
        tower = self.tower
        x = tower.patches(pictures).flatten(2).transpose(1, 2) + tower.positions[1:]
        if kept is not None:
            x = x.gather(1, kept[:, :, None].expand(-1, -1, x.shape[2]))
        first = (tower.class_token + tower.positions[0]).expand(len(x), 1, -1)
        return tower.after(tower.blocks(tower.before(torch.cat([first, x], dim=1))))

    def forward(self, pictures):
        rows = self.rows(pictures)
        return rows[:, 1:].mean(1) if self.averages else rows[:, 0]


def head(*widths):
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [nn.Linear(inputs, outputs, bias=False), nn.BatchNorm1d(outputs), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def supervised(tower):
    """What labels are worth: cross-entropy of the ten classes, on one view."""
    classify = nn.Linear(tower.width, 10)
    return [classify], lambda first, labels, _: F.cross_entropy(classify(tower(first)), labels)


def simclr(tower):
    from lightly.loss import NTXentLoss

    project, loss = head(tower.width, 4 * tower.width, 128), NTXentLoss(temperature=0.1)
    return [project], lambda first, second, _: loss(project(tower(first)), project(tower(second)))


def moco(tower):
    from lightly.loss import NTXentLoss
    from lightly.models.utils import deactivate_requires_grad, update_momentum

    project, predict = head(tower.width, 4 * tower.width, 128), head(128, 4 * tower.width, 128)
    slow, slow_project = copy.deepcopy(tower), copy.deepcopy(project)
    for model in (slow, slow_project):
        deactivate_requires_grad(model)
    loss = NTXentLoss(temperature=0.2)

    def step(first, second, progress):
        momentum = 1 - 0.01 * (math.cos(math.pi * progress) + 1) / 2
        update_momentum(tower, slow, momentum)
        update_momentum(project, slow_project, momentum)
        with torch.no_grad():
            keys = [slow_project(slow(view)) for view in (first, second)]
        queries = [predict(project(tower(view))) for view in (first, second)]
        return (loss(queries[0], keys[1]) + loss(queries[1], keys[0])) / 2

    return [project, predict], step


def mae(tower):
    """lightly's MAE builds on timm's towers; this is its recipe on ours: 75 % hidden, a decoder of two blocks."""
    from towers_torch import Block

    width, patch = tower.width // 2, tower.tower.patches.kernel_size[0]
    side = tower.side // patch
    enter, leave = nn.Linear(tower.width, width), nn.Linear(width, 3 * patch * patch)
    blocks = nn.Sequential(*(Block(width, max(width // 32, 1), 2, causal=False) for _ in range(2)), nn.LayerNorm(width))
    hidden_row = nn.Parameter(torch.randn(width) * 0.02)
    places, holder = waves(side, width)[1:], nn.ParameterList([hidden_row])

    def step(first, _, __):
        batch, count = len(first), side * side
        order = torch.rand(batch, count).argsort(1)
        kept, hidden = order[:, : count // 4].sort(1).values, order[:, count // 4:].sort(1).values
        seen = enter(tower.rows(first, kept)[:, 1:])
        x = hidden_row.expand(batch, count, width).scatter(1, kept[:, :, None].expand(-1, -1, width), seen)
        drawn = leave(blocks(x + places))
        target = F.unfold(first, patch, stride=patch).transpose(1, 2)
        target = (target - target.mean(2, keepdim=True)) / (target.var(2, keepdim=True) + 1e-6).sqrt()
        distance = ((drawn - target) ** 2).mean(2)
        return distance.gather(1, hidden).mean()

    return [enter, leave, blocks, holder], step


def pictures_of(bytes_of, transform):
    from PIL import Image

    return transform(Image.fromarray(bytes_of).convert("RGB"))


def learn(name, folder, model, minutes):
    from lightly.transforms import MAETransform, SimCLRTransform
    from torch.utils.data import DataLoader, Dataset
    from torchvision import transforms

    settings = json.loads((REPOSITORY / f"models/{model}/model.json").read_text())
    torch.manual_seed(0)
    tower = Tower(settings)
    side = tower.side
    views = MAETransform(input_size=side) if name == "mae" else SimCLRTransform(
        input_size=side, cj_strength=0.5, gaussian_blur=0.0)
    training, classes = idx(folder, "train")

    class Views(Dataset):
        def __len__(self):
            return len(training)

        def __getitem__(self, index):
            made = pictures_of(training[index], views)
            return made[0], classes[index] if name == "supervised" else made[-1]

    parts, loss = {"simclr": simclr, "moco": moco, "mae": mae, "supervised": supervised}[name](tower)
    parameters = [p for model in (tower, *parts) for p in model.parameters() if p.requires_grad]
    optimizer, peak = torch.optim.AdamW(parameters, weight_decay=0.05), 1e-3
    began, epoch = time.monotonic(), 0
    loader = DataLoader(Views(), batch_size=128, shuffle=True, drop_last=True, num_workers=1)
    running = True
    while running:
        for first, second in loader:
            progress = (time.monotonic() - began) / (60 * minutes)
            if progress >= 1:
                running = False
                break
            for group in optimizer.param_groups:
                group["lr"] = peak * min(1, progress / 0.05) * (math.cos(math.pi * progress) + 1) / 2
            optimizer.zero_grad()
            loss(first, second, progress).backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
        epoch += 1
    tower.eval()
    plain = transforms.Compose([
        transforms.Resize(side, transforms.InterpolationMode.BICUBIC), transforms.ToTensor(),
        transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))])

    def rows(pictures):
        with torch.no_grad():
            return torch.cat([
                tower(torch.stack([pictures_of(p, plain) for p in pictures[at: at + 256]]))
                for at in range(0, len(pictures), 256)])

    known, known_labels, queries, labels = chosen(folder)
    return neighbours(rows(known), known_labels, rows(queries), labels)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["pixels", "idf", "bag", "simclr", "moco", "mae", "supervised"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="vit-pico-8-64")
    parser.add_argument("--minutes", type=float, default=1)
    options = parser.parse_args()
    plain = {"pixels": pixels, "idf": overlap, "bag": bag}
    if options.what in plain:
        print(json.dumps(plain[options.what](options.folder)))
    else:
        print(json.dumps(learn(options.what, options.folder, options.model, options.minutes)))


if __name__ == "__main__":
    main()
