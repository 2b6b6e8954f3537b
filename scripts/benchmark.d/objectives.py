"""What each objective is worth: pictures alone, texts alone, poolings, sequences that are no language, and all together.

Every row is one run of clip-train from random weights with the objective's own recipe, and its last evaluation of what
nobody trained on, with N, chance and a 95 % interval by bootstrap. Rows beside which a peer stands had the same tower and
minutes. Tables may be chosen with --only; all of them take about as many minutes as --minutes times 35.
"""

import argparse
import json
import os
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
PEERS = Path(__file__).resolve().parent / "objectives_torch.py"


def parse():
    parser = argparse.ArgumentParser(
        prog="scripts/benchmark objectives", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=1.5, help="of each run (1.5)")
    parser.add_argument("--only", nargs="+", choices=TABLES, default=list(TABLES), help="tables (all)")
    parser.add_argument("--seed", type=int, default=0, help="of every run (0)")
    return parser.parse_args()


class Run:
    """One run of clip-train and what its last evaluation found."""

    def __init__(self, options, name, data, *arguments, minutes=None):
        self.folder = FOLDER / name
        shutil.rmtree(self.folder, ignore_errors=True)
        limit = ["--minutes", minutes or options.minutes] if "--steps" not in arguments else []
        command = [REPOSITORY / ".build/release/clip-train", data, *arguments, *limit, "--seed", options.seed,
                   "--output", self.folder, "--json"]
        print("$ clip-train", *map(str, command[1:]), file=sys.stderr, flush=True)
        done = subprocess.run([*map(str, command)], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, check=True)
        events = [json.loads(line) for line in done.stdout.splitlines()]
        self.evaluations = [event for event in events if event["event"] == "evaluation"]
        self.last = self.evaluations[-1]
        steps = [event for event in events if event["event"] == "step"]
        self.loss, self.chance_loss, self.rate = (
            steps[-1][key] for key in ("loss", "chance_loss", "pairs_per_second"))

    def accuracy(self):
        """[found, interval, chance, N] of classes by neighbours."""
        return cells(self.last["neighbors"], "accuracy", "chance")

    def recall(self, direction="text_to_text"):
        """The same of R@10."""
        return cells(self.last[direction], "recall_at_10", "chance_at_10")


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
    common = ["--model", "vit-pico-8-64"]
    start = Run(options, "pictures-random", PICTURES, "--objective", "simclr", *common, "--lr", 0, "--steps", 1)
    rows, found = [["random weights", *start.accuracy()]], {"random": start.last["neighbors"]["accuracy"]}
    raw = peer("pixels", PICTURES)
    rows.append(["raw pixels", *share_cells(raw)])
    for name in ("simclr", "moco", "moco-v2", "mae", "simmim"):
        run = Run(options, f"pictures-{name}", PICTURES, "--objective", name, *common)
        rows.append([name, *run.accuracy()])
        found[name] = run.last["neighbors"]["accuracy"]
    for name in ("simclr", "moco", "mae"):
        theirs = peer(name, PICTURES, "--minutes", options.minutes)
        rows.append([f"{name}, lightly", *share_cells(theirs)])
        bars.at_least(f"objectives-pictures-{name}-over-lightly", found[name] - theirs["share"], 0)
    print("pictures alone: fashion-mnist, classes by neighbours")
    print_table(["learnt", "right", *HEADER], rows)
    for name in ("simclr", "moco"):
        bars.at_least(f"objectives-pictures-{name}-over-random", found[name] - found["random"], 0.15)
        bars.at_least(f"objectives-pictures-{name}-over-pixels", found[name] - raw["share"], 0)


def texts(options, bars):
    """The second column found by the first, among 500 held-out rows."""
    for name, folder in PAIRS.items():
        data = REPOSITORY / folder
        floor = peer("idf", data)
        rows = [["overlap of words by idf", *share_cells(floor)]]
        start = Run(options, f"texts-{name}-random", data, "--objective", "paraphrase", "--lr", 0, "--steps", 1)
        rows.append(["random weights", *start.recall()])
        found = {}
        for objective in ("paraphrase", "simcse", "mlm", "cpc", "nsp"):
            run = Run(options, f"texts-{name}-{objective}", data, "--objective", objective)
            rows.append([objective, *run.recall()])
            found[objective] = run.last["text_to_text"]["recall_at_10"]
        warm = Run(options, f"texts-{name}-warm", data, "--objective", "paraphrase", "--init",
                   FOLDER / f"texts-{name}-mlm")
        rows.append(["mlm, then paraphrase", *warm.recall()])
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
        run = Run(options, f"pooling-{pooling}", data, "--objective", "paraphrase", "--text-pooling", pooling)
        rows.append([pooling, *run.recall()])
        bars.at_least(f"objectives-pooling-{pooling}-over-idf", run.last["text_to_text"]["recall_at_10"] - floor, 0)
    print("pooling: wordnet, paraphrase")
    print_table(["pooling", "R@10", *HEADER], rows)


def symbols(options, bars):
    """Lists of dependencies, and the section of the package by neighbours."""
    common = ["--tokenizer", "symbols"]
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

    def add(name, *arguments):
        run = Run(options, "together-" + name.replace(" ", "-").replace(",", ""), DRAWINGS, *common, *arguments)
        rows.append([name, *run.recall("text_to_image")])
        found[name] = run.last["text_to_image"]["recall_at_10"]

    simclr = Run(options, "together-simclr-alone", DRAWINGS, "--objective", "simclr", *common[:2])
    add("clip", "--objective", "clip")
    add("clip, decoupled", "--objective", "clip", "--decoupled")
    add("clip + mlm", "--objective", "clip", "--objective", "mlm=0.2")
    add("slip", "--objective", "slip")
    add("siglip", "--objective", "siglip")
    add("clip from simclr", "--objective", "clip", "--init", simclr.folder)
    print("together: drawings, pictures by captions")
    print_table(["learnt", "R@10", *HEADER], rows)
    bars.at_least("objectives-together-default-over-best", found["clip"] - max(found.values()), 0)


TABLES = {"pictures": pictures, "texts": texts, "poolings": poolings, "symbols": symbols, "together": together}


def main():
    options, bars = parse(), Bars()
    prepare("datasets/fashion-mnist", "datasets/wordnet", "datasets/gcide", "datasets/debian-descriptions",
            "datasets/debian-dependencies", "datasets/drawings")
    FOLDER.mkdir(parents=True, exist_ok=True)
    print_machine(os.cpu_count(), ["torch", "numpy"])
    for name in options.only:
        TABLES[name](options, bars)
    return bars.close()


if __name__ == "__main__":
    sys.exit(main())
