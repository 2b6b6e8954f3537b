"""What each objective is worth: pictures alone, texts alone, poolings, sequences that are no language, and all together.

Every row is one run of clip-train from random weights with the objective's own recipe, and its last evaluation of what
nobody trained on, with N, chance and a 95 % interval by bootstrap. Rows beside which a peer stands had the same tower and
minutes. Tables may be chosen with --only; all of them take about an hour.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

from report import REPOSITORY, RESULTS, Bars, interval, prepare, print_machine, print_table

FOLDER = RESULTS / "objectives"
PICTURES = REPOSITORY / "datasets/fashion-mnist/prepared"
PAIRS = {"wordnet": "datasets/wordnet/prepared", "gcide": "datasets/gcide/prepared",
         "debian-adjacent": "datasets/debian-descriptions/prepared/adjacent"}
DEPENDENCIES = REPOSITORY / "datasets/debian-dependencies/prepared"
DRAWINGS = REPOSITORY / "datasets/drawings/prepared"
SMALL_PICTURES, SMALL = "vit-pico-7-28", "vit-pico-8-64"  # models whose minutes are many steps
PEERS = Path(__file__).resolve().parent / "objectives_torch.py"


def parse():
    parser = argparse.ArgumentParser(
        prog="scripts/benchmark objectives", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, help="of each run (pictures 2, together and fewer 1.5, others 0.8)")
    parser.add_argument("--only", nargs="+", choices=TABLES, default=list(TABLES), help="tables (all)")
    parser.add_argument("--seed", type=int, default=0, help="of every run (0)")
    return parser.parse_args()


class Run:
    """One run of clip-train and what its last evaluation found; a run that two tables name is made once."""

    made = {}

    def __new__(cls, options, name, *_, minutes=None):
        return cls.made.setdefault(name, super().__new__(cls))

    def __init__(self, options, name, data, *arguments, minutes=None):
        if hasattr(self, "folder"):
            return
        self.folder = FOLDER / name
        shutil.rmtree(self.folder, ignore_errors=True)
        limit = ["--minutes", minutes or options.minutes] if "--steps" not in arguments else []
        command = [REPOSITORY / ".build/release/clip-train", data, *arguments, *limit, "--seed", options.seed,
                   "--output", self.folder, "--json"]
        print("$ clip-train", *map(str, command[1:]), file=sys.stderr, flush=True)
        done = subprocess.run([*map(str, command)], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, check=True)
        events = [json.loads(line) for line in done.stdout.splitlines()]
        evaluations = [event for event in events if event["event"] == "evaluation"]
        self.last = evaluations[-1]
        best = next(event["best_step"] for event in events if event["event"] == "done")
        self.best = next(event for event in evaluations if event["step"] == best)

    def accuracy(self):
        """[found, interval, chance, N] of classes by neighbours."""
        return cells(self.last["neighbors"], "accuracy", "chance")

    def recall(self, direction="text_to_text", best=False):
        """The same of R@10, at the end or of what the run kept as its best."""
        return cells((self.best if best else self.last)[direction], "recall_at_10", "chance_at_10")


def cells(found, figure, chance):
    low, high = found[f"{figure}_interval"]
    return [f"{found[figure]:.1%}", f"{low:.1%} to {high:.1%}", f"{found[chance]:.1%}", found["queries"]]


HEADER = ["95 %", "chance", "N"]


def peer(*arguments):
    """What objectives_torch.py found: a share, and of how many."""
    done = subprocess.run([sys.executable, "-B", PEERS, *map(str, arguments)], cwd=REPOSITORY, stdout=subprocess.PIPE,
                          text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def share_cells(found):
    low, high = interval(found["share"], found["queries"])
    return [f"{found['share']:.1%}", f"{low:.1%} to {high:.1%}", f"{found['chance']:.1%}", found["queries"]]


def pictures(options, bars):
    """Fashion-MNIST as pictures, classes by 20 nearest neighbours."""
    common = ["--model", SMALL_PICTURES]
    start = Run(options, "pictures-random", PICTURES, "--objective", "simclr", *common, "--lr", 0, "--steps", 1)
    rows, found = [["random weights", *start.accuracy()]], {"random": start.last["neighbors"]["accuracy"]}
    raw = peer("pixels", PICTURES)
    rows.append(["raw pixels", *share_cells(raw)])
    for name in ("simclr", "moco", "moco-v2", "mae", "simmim"):
        run = Run(options, f"pictures-{name}", PICTURES, "--objective", name, *common)
        rows.append([name, *run.accuracy()])
        found[name] = run.last["neighbors"]["accuracy"]
    known = peer("supervised", PICTURES, "--model", SMALL_PICTURES, "--minutes", options.minutes)
    rows.append(["supervised, PyTorch", *share_cells(known)])
    for name in ("simclr", "moco", "mae"):
        theirs = peer(name, PICTURES, "--model", SMALL_PICTURES, "--minutes", options.minutes)
        rows.append([f"{name}, lightly", *share_cells(theirs)])
        bars.at_least(f"objectives-pictures-{name}-over-lightly", found[name] - theirs["share"], 0)
    print("pictures alone: fashion-mnist, classes by neighbours")
    print_table(["learnt", "right", *HEADER], rows)
    for name in ("simclr", "moco"):
        bars.at_least(f"objectives-pictures-{name}-over-random", found[name] - found["random"], 0.15)
        bars.at_least(f"objectives-pictures-{name}-over-pixels", found[name] - raw["share"], 0)


def texts(options, bars):
    """The second column found by the first, among 500 held-out rows."""
    common = ["--model", SMALL]
    for name, folder in PAIRS.items():
        data = REPOSITORY / folder
        floor = peer("idf", data)
        rows = [["overlap of words by idf", *share_cells(floor)]]
        start = Run(options, f"texts-{name}-random", data, "--objective", "paraphrase", *common, "--lr", 0,
                    "--steps", 1)
        rows.append(["random weights", *start.recall()])
        found = {}
        for objective in ("paraphrase", "simcse", "mlm", "cpc", "nsp"):
            run = Run(options, f"texts-{name}-{objective}", data, "--objective", objective, *common)
            rows.append([objective, *run.recall()])
            if objective == "paraphrase":
                rows.append(["paraphrase, as kept in best", *run.recall(best=True)])
            found[objective] = run.last["text_to_text"]["recall_at_10"]
        warm = Run(options, f"texts-{name}-warm", data, "--objective", "paraphrase", *common, "--init",
                   FOLDER / f"texts-{name}-mlm")
        rows.append(["mlm, then paraphrase", *warm.recall()])
        if name == "debian-adjacent":
            run = Run(options, f"texts-{name}-documents", data.parent / "documents", "--objective", "adjacent", *common,
                      "--val-data", data / "validation.tsv")
            rows.append(["adjacent, on whole documents", *run.recall()])
        print(f"texts alone: {name}, the second column by the first")
        print_table(["learnt", "R@10", *HEADER], rows)
        if name == "wordnet":
            bars.at_least("objectives-texts-paraphrase-over-idf", found["paraphrase"] / floor["share"], 2)
        bars.at_least(f"objectives-texts-{name}-warm-over-cold",
                      warm.last["text_to_text"]["recall_at_10"] - found["paraphrase"], 0)


def poolings(options, bars):
    """How many rows become one."""
    data, rows = REPOSITORY / PAIRS["wordnet"], []
    floor = peer("idf", data)["share"]
    for pooling in ("mean", "class", "last", "weighted", "attention"):
        run = Run(options, f"pooling-{pooling}", data, "--model", SMALL, "--objective", "paraphrase",
                  "--text-pooling", pooling)
        rows.append([pooling, *run.recall()])
        bars.at_least(f"objectives-pooling-{pooling}-over-idf", run.last["text_to_text"]["recall_at_10"] - floor, 0)
    print("pooling: wordnet, paraphrase")
    print_table(["pooling", "R@10", *HEADER], rows)


def symbols(options, bars):
    """Lists of dependencies, and the section of the package by neighbours."""
    common = ["--model", SMALL, "--tokenizer", "symbols"]
    start = Run(options, "symbols-random", DEPENDENCIES, "--objective", "mlm", *common, "--lr", 0, "--steps", 1)
    bag = peer("bag", DEPENDENCIES)
    rows = [["bag of symbols by idf", *share_cells(bag)], ["random weights", *start.accuracy()]]
    best = 0
    for objective in ("mlm", "same-document", "cpc"):
        run = Run(options, f"symbols-{objective}", DEPENDENCIES, "--objective", objective, *common)
        rows.append([objective, *run.accuracy()])
        best = max(best, run.last["neighbors"]["accuracy"])
    print("no language: debian-dependencies, sections by neighbours")
    print_table(["learnt", "right", *HEADER], rows)
    bars.at_least("objectives-symbols-over-bag", best - bag["share"], 0)


def together(options, bars):
    """Pictures with captions: drawings."""
    common = ["--image-resize-mode", "longest", "--augment", "translate"]
    rows, found = [], {}

    def add(name, *arguments, minutes=None):
        run = Run(options, "together-" + name.replace(" ", "-").replace(",", ""), DRAWINGS, *common, *arguments,
                  minutes=minutes)
        rows.append([name, *run.recall("text_to_image")])
        found[name] = run.last["text_to_image"]["recall_at_10"]

    simclr = Run(options, "together-simclr-alone", DRAWINGS, "--objective", "simclr", *common[:2])
    add("clip", "--objective", "clip")
    add("clip, twice the minutes", "--objective", "clip", minutes=2 * options.minutes)
    add("clip, decoupled", "--objective", "clip", "--decoupled")
    add("clip + mlm", "--objective", "clip", "--objective", "mlm=0.2")
    add("slip", "--objective", "slip")
    add("siglip", "--objective", "siglip")
    add("clip from simclr", "--objective", "clip", "--init", simclr.folder)
    words = Run(options, "together-mlm-alone", captions_alone(), "--objective", "mlm")
    add("clip from mlm", "--objective", "clip", "--init", words.folder)
    print("together: drawings, pictures by captions")
    print_table(["learnt", "R@10", *HEADER], rows)
    twice = [found.pop(name) for name in ("clip, twice the minutes", "clip from simclr", "clip from mlm")]
    bars.at_least("objectives-together-default-over-best", found["clip"] - max(found.values()), 0)
    bars.at_least("objectives-together-default-over-best-of-twice-the-minutes", twice[0] - max(twice), 0)


def captions_alone():
    """The captions of the training pictures, one a line."""
    path = FOLDER / "drawings-captions.txt"
    training = set((DRAWINGS / "train.txt").read_text(encoding="utf-8").splitlines())
    rows = [line.split("\t") for line in caption_rows()[1:]]
    path.write_text("".join(f"{caption}\n" for picture, caption in rows if picture in training), encoding="utf-8")
    return path


def caption_rows():
    return (DRAWINGS / "captions.tsv").read_text(encoding="utf-8").splitlines()


def fewer(options, bars):
    """Drawings with captions for a tenth of the training pictures."""
    folder = FOLDER / "drawings-tenth"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for part in DRAWINGS.iterdir():
        if part.is_dir():
            (folder / part.name).symlink_to(part)
    training = (DRAWINGS / "train.txt").read_text(encoding="utf-8").splitlines()
    kept = sorted(random.Random(0).sample(training, len(training) // 10))
    validation = (DRAWINGS / "validation.txt").read_text(encoding="utf-8").splitlines()
    header, *rows = caption_rows()
    known = {*kept, *validation}
    (folder / "captions.tsv").write_text(
        "\n".join([header, *(row for row in rows if row.split("\t")[0] in known)]) + "\n", encoding="utf-8")
    for name, names in (("train.txt", kept), ("validation.txt", validation)):
        (folder / name).write_text("\n".join(names) + "\n", encoding="utf-8")
    common = ["--model", SMALL, "--image-resize-mode", "longest"]
    pairs = [*common, "--augment", "translate", "--objective", "clip"]
    rows, found = [], {}
    start = Run(options, "fewer-simclr", DRAWINGS, "--objective", "simclr", *common)
    for name, more in (("clip on a tenth", []), ("simclr on all, then clip on a tenth", ["--init", start.folder]),
                       ("clip on a tenth beside simclr on all",
                        ["--objective", "simclr=0.5", "--pictures", DRAWINGS])):
        run = Run(options, "fewer-" + name.replace(" ", "-").replace(",", ""), folder, *pairs, *more)
        rows.append([name, *run.recall("text_to_image")])
        found[name] = run.last["text_to_image"]["recall_at_10"]
    print(f"fewer captions: drawings, captions for {len(kept)} of {len(training)} pictures")
    print_table(["learnt", "R@10", *HEADER], rows)
    alone, *others = found.values()
    bars.at_least("objectives-fewer-better-than-pairs-alone", max(others) - alone, 0.0001)


def transformed(options, bars):
    """What mean removal, principal components, whitening and projections do to the embeddings of two runs."""
    text = Run(options, "texts-wordnet-paraphrase", REPOSITORY / PAIRS["wordnet"], "--objective", "paraphrase",
               "--model", SMALL)
    pairs = Run(options, "together-clip", DRAWINGS, "--image-resize-mode", "longest", "--augment", "translate",
                "--objective", "clip")
    validation = (REPOSITORY / PAIRS["wordnet"] / "validation.tsv").read_text(encoding="utf-8").splitlines()
    columns = list(zip(*(line.split("\t") for line in random.Random(0).sample(validation, 2_000))))
    compare("wordnet, paraphrase: the second column by the first", text,
            embed(text, "second", texts=columns[1]), embed(text, "first", texts=columns[0]), None, bars)
    chosen = (DRAWINGS / "validation.txt").read_text(encoding="utf-8").splitlines()
    vectors = embed(pairs, "pictures", pictures=[DRAWINGS / name for name in chosen])
    places = {Path(line).resolve(): row for row, line in
              enumerate(vectors.with_suffix(".txt").read_text(encoding="utf-8").splitlines())}
    captions = {}
    for row in caption_rows()[1:]:
        picture, caption = row.split("\t")
        captions.setdefault(picture, caption)
    truth = FOLDER / "transforms-truth.txt"
    truth.write_text("".join(f"{places[(DRAWINGS / name).resolve()]}\n" for name in chosen), encoding="utf-8")
    compare("drawings, clip: pictures by captions", pairs, vectors,
            embed(pairs, "captions", texts=[captions[name] for name in chosen]), truth, bars)


def embed(run, name, texts=None, pictures=()):
    """A file of the vectors that a run's towers make of texts or pictures."""
    index, vectors = FOLDER / f"{run.folder.name}-{name}", FOLDER / f"{run.folder.name}-{name}.npy"
    shutil.rmtree(index, ignore_errors=True)
    what = [str(picture) for picture in pictures]
    if texts is not None:
        lines = FOLDER / f"{run.folder.name}-{name}-lines.txt"
        lines.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
        what = ["--text", lines, "--passages", "lines"]
    subprocess.run([*map(str, [REPOSITORY / ".build/release/clip-index", *what, "--model", run.folder,
                               "--output", index, "--vectors", vectors])],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return vectors


def compare(title, run, vectors, queries, truth, bars):
    """One table of `clip-index transforms`, and whitening beside NumPy's."""
    width = vector_width(vectors)
    names = ["none", "mean", *(f"{kind}:{width // part}" for kind in ("pca", "whiten", "rademacher") for part in (2, 4))]
    chosen = [word for name in names for word in ("--transform", name)]
    done = subprocess.run(
        [*map(str, [REPOSITORY / ".build/release/clip-index", "transforms", vectors, "--queries", queries, *chosen,
                    *(["--truth", truth] if truth else []), "--json"])],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    rows = []
    for line in done.stdout.splitlines():
        report = json.loads(line)
        rows.append([report["transform"], report["dimensions"], report["bytes_per_vector"],
                     *cells(report["retrieval"], "recall_at_10", "chance_at_10")])
    print(f"whitening and projection: {title}")
    print_table(["transform", "dimensions", "bytes", "R@10", *HEADER], rows)
    bars.at_most(f"objectives-{run.folder.name}-whitening-from-numpy", whitening_distance(vectors, width // 2), 1e-4)


def vector_width(path):
    import numpy

    return numpy.load(path, mmap_mode="r").shape[1]


def whitening_distance(path, kept):
    """Largest difference of any whitened number from NumPy's, but for the signs of directions (Su et al. 2021, 2.2)."""
    import numpy

    ours = FOLDER / "whitened.npy"
    subprocess.run([*map(str, [REPOSITORY / ".build/release/clip-index", "transforms", path, "--transform",
                               f"whiten:{kept}", "--output", ours, "--unnormalized"])],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    rows = numpy.load(path).astype(numpy.float64)
    centred = rows - rows.mean(0)
    values, directions = numpy.linalg.eigh(centred.T @ centred / len(rows))
    order = values.argsort()[::-1][:kept]
    theirs, whitened = centred @ directions[:, order] / numpy.sqrt(values[order]), numpy.load(ours)
    signs = numpy.sign((theirs * whitened).sum(0))
    return float(abs(theirs * signs - whitened).max())


# Each table, and the minutes of each of its runs.
TABLES = {"pictures": (pictures, 2), "texts": (texts, 0.8), "poolings": (poolings, 0.8), "symbols": (symbols, 0.8),
          "together": (together, 1.5), "fewer": (fewer, 1.5), "transforms": (transformed, 0.8)}


def main():
    options, bars = parse(), Bars()
    prepare("datasets/fashion-mnist", "datasets/wordnet", "datasets/gcide", "datasets/debian-descriptions",
            "datasets/debian-dependencies", "datasets/drawings")
    FOLDER.mkdir(parents=True, exist_ok=True)
    print_machine(os.cpu_count(), ["torch", "numpy"])
    asked = options.minutes
    for name in options.only:
        make, minutes = TABLES[name]
        options.minutes = asked or minutes
        print(f"each run {options.minutes:g} minutes")
        make(options, bars)
    return bars.close()


if __name__ == "__main__":
    sys.exit(main())
