"""The part `real` of `scripts/benchmark index`: embeddings that towers made of real texts and drawings.

wordnet   what 50,000 of WordNet's words mean, by MiniLM, 384 numbers; asked with other meanings ("pictures": like the rows) and
          with other words ("words")
drawings  10,764 drawings by a CLIP of this project, 256 numbers: projections behind a frozen DINOv2 and a frozen MiniLM; asked
          with the 1,024 held-out drawings and with their captions

What the towers made stays in the results folder.
"""

import json
import random
import shutil
import subprocess
from pathlib import Path

import numpy

from index_generator import LEARNT, TESTED, truth, unit
from index_main import compare
from index_sides import MODES, SYSTEMS, TARGETS
from report import REPOSITORY, RESULTS, prepare, print_table
from starting_points_texts import ours as embedded_texts

DRAWINGS = REPOSITORY / "datasets/drawings/prepared"
FROZEN = ["--image-tower", "models/dinov2-small", "--image-size", "112", "--image-layer", "8", "--image-pooling",
          "class+mean", "--image-resize-mode", "longest", "--text-tower", "models/minilm-l6"]
MEANINGS = 50_000


def command(name, *arguments):
    subprocess.run([*map(str, [REPOSITORY / ".build/release" / name, *arguments])], cwd=REPOSITORY, check=True,
                   stdout=subprocess.DEVNULL)


def columns(side, count):
    """Some pairs of WordNet: their words, and what they mean."""
    lines = (REPOSITORY / f"datasets/wordnet/prepared/{side}.tsv").read_text(encoding="utf-8").splitlines()
    return zip(*(line.split("\t") for line in random.Random(0).sample(lines, count)))


def wordnet(folder):
    prepare("datasets/wordnet", "models/minilm-l6")
    _, meanings = columns("train", MEANINGS)
    words, others = columns("validation", TESTED + LEARNT)
    vectors = unit(embedded_texts([*meanings, *others, *words]))
    return vectors[:MEANINGS], {"pictures": vectors[MEANINGS:MEANINGS + len(others)], "words": vectors[-len(words):]}


def drawings(folder):
    prepare("datasets/drawings", "models/dinov2-small", "models/minilm-l6")
    run, vectors = folder / "run", folder / "pictures.npy"
    command("clip-train", DRAWINGS, *FROZEN, "--epochs", 20, "--output", run)
    command("clip-index", DRAWINGS, "--model", run, "--output", folder / "pictures.clipindex", "--vectors", vectors)
    listed = vectors.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    place = {str(Path(name).relative_to(DRAWINGS)): row for row, name in enumerate(listed)}
    captions = {}
    for line in (DRAWINGS / "captions.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        captions.setdefault(*line.split("\t"))
    train, validation = ([name for name in (DRAWINGS / f"{side}.txt").read_text(encoding="utf-8").splitlines()
                          if name in place] for side in ("train", "validation"))
    pictures = unit(numpy.load(vectors))
    words = unit(embedded_texts([captions[name] for name in validation], run))
    return (pictures[[place[name] for name in train]],
            {"pictures": pictures[[place[name] for name in validation]], "words": words})


SETS = {"wordnet": wordnet, "drawings": drawings}


def make(folder, rows):
    """Makes a folder as index_generator.py describes it, unless it is there; whoever has fewer queries learns from none."""
    stamp = {"rows": rows.__name__, "version": 1}
    done = folder / "made.json"
    if done.exists() and json.loads(done.read_text()) == stamp:
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    base, queries = rows(folder)
    numpy.save(folder / "base.npy", base)
    for kind, some in queries.items():
        numpy.save(folder / f"test-{kind}.npy", some[:TESTED])
        numpy.save(folder / f"truth-{kind}.npy", truth(some[:TESTED], base))
        if len(some) == TESTED + LEARNT:
            numpy.save(folder / f"learn-{kind}.npy", some[TESTED:])
    done.write_text(json.dumps(stamp))


def fastest(found, kinds):
    """Who answers in the least time at each recall, and how long the next one and ours take."""
    rows = []
    for kind in kinds:
        for mode in MODES:
            for place, target in enumerate(TARGETS):
                times = sorted((one[1], name) for (name, *where), one in found.items() if where == [kind, mode, place])
                ours = found["swift-clip", kind, mode, place][1]
                rows.append([kind, mode, f"{target:.2f}", times[0][1], f"{times[0][0]:,.1f}", times[1][1],
                             f"{times[1][0]:,.1f}", f"{ours:,.1f}"])
    print("who is the fastest")
    print_table(["queries", "", "recall", "first", "µs", "second", "µs", "swift-clip, µs"], rows)


def real(_, options, bars):
    for name, rows in SETS.items():
        folder = RESULTS / f"index/real-{name}"
        try:
            make(folder, rows)
        except subprocess.CalledProcessError as failure:
            print(f"without {name}: {failure.cmd[0]} failed; its own words are above\n")
            continue
        base = numpy.load(folder / "base.npy", mmap_mode="r")
        print(f"{name}: {len(base):,} embeddings of {base.shape[1]} numbers")
        found, _ = compare(folder, ["faiss-exact", *(system for system in SYSTEMS if system in options.systems)], options)
        fastest(found, sorted({kind for _, kind, _, _ in found}))
        for (side, kind, mode, place), (got, _) in found.items():
            if side == "swift-clip" and TARGETS[place] == 0.95:
                bars.at_least(f"index-real-{name}-{mode}-{kind}-recall-of-.95", got, 0.945)
