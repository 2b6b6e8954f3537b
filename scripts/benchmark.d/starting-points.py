"""Towers that come trained: whether they compute what their makers' programs do, how fast, and what they are worth.

The sections, each by itself with --only:

towers   features of 20 pictures and 20 captions beside transformers', and pictures and sentences a second beside
         transformers, sentence-transformers and onnxruntime, in turns
frozen   `drawings`: projections behind a frozen DINOv2 and a frozen MiniLM, features included
views    the same with four views of each picture
tuned    the frozen pair, and then beside the projections the last three blocks of the text tower, the last two of both
         towers, or LoRA in all blocks of the text tower
few      200 pairs of `drawings`, drawn five times: the frozen pair beside small towers from random weights
teacher  small towers that learn from the frozen pair's vectors beside the same without
texts    texts found by texts, with MiniLM, beside sentence-transformers
leaving  a run with linear projections inside transformers, its text tower inside sentence-transformers

Recall of `drawings` is that of text to picture among the 1,024 held-out pictures of `drawings`, with a 95 % interval.
"""

import argparse
import csv
import json
import math
import os
import random
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

import starting_points_leaving as leaving
import starting_points_texts as texts
import starting_points_towers as towers
from report import REPOSITORY, RESULTS, Bars, interval, prepare, print_machine, print_table

FOLDER = RESULTS / "starting-points"
DATA = REPOSITORY / "datasets/drawings/prepared"
FROZEN = ["--image-tower", "models/dinov2-small", "--image-size", "112", "--image-layer", "8", "--image-pooling",
          "class+mean", "--image-resize-mode", "longest", "--text-tower", "models/minilm-l6"]
SMALL = ["--model", "vit-nano-16-64", "--image-resize-mode", "longest", "--augment", "translate", "--opt", "muon"]
SECTIONS = ("towers", "frozen", "views", "tuned", "few", "teacher", "texts", "leaving")
PAIRS, DRAWS = 200, 5


def parse():
    parser = argparse.ArgumentParser(
        prog="scripts/benchmark starting-points", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=SECTIONS, help="sections (all)")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="threads that compute (all)")
    parser.add_argument("--minutes", type=float, default=20, help="of each run of tuned and teacher (20)")
    return parser.parse_args()


class Run:
    """One run of clip-train: its last evaluation but one that is better counts, as the run keeps it."""

    def __init__(self, name, *arguments, data=DATA):
        self.folder = FOLDER / name
        shutil.rmtree(self.folder, ignore_errors=True)
        command = [REPOSITORY / ".build/release/clip-train", data, *arguments, "--output", self.folder, "--json"]
        print("$ clip-train", *map(str, command[1:]), file=sys.stderr, flush=True)
        done = subprocess.run([*map(str, command)], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
        if done.returncode != 0:
            sys.exit(f"benchmark: {name} failed: exit code {done.returncode}; its own words are above")
        events = [json.loads(line) for line in done.stdout.splitlines()]
        self.seconds = events[-1]["seconds"]
        self.best = [event for event in events if event["event"] == "evaluation" and event["is_best"]][-1]

    def recall(self, k=10):
        return self.best["text_to_image"][f"recall_at_{k}"]

    def row(self, name):
        found, low, high = self.best["text_to_image"], *interval(self.recall(), self.best["text_to_image"]["queries"])
        return [name, f"{self.seconds / 60:.1f}", *(f"{self.recall(k):.1%}" for k in (1, 5, 10)),
                f"{low:.1%} to {high:.1%}", *(self.part(part) for part in ("clipart", "emoji", "icons")),
                f"{found['chance_at_10']:.1%}", found["queries"]]

    def part(self, name):
        return f"{self.best['parts'][name]['text_to_image']['recall_at_10']:.1%}"


HEADER = ["run", "minutes", "R@1", "R@5", "R@10", "95 % of R@10", "clipart", "emoji", "icons", "chance", "N"]


def frozen(options, bars):
    (FOLDER / "features.sqlite").unlink(missing_ok=True)
    run = Run("frozen", *FROZEN, "--epochs", "24", "--threads", options.threads)
    print_table(HEADER, [run.row("frozen pair")])
    bars.at_least("starting-points-frozen-recall-at-10", run.recall(), 0.55)
    bars.at_most("starting-points-frozen-minutes", run.seconds / 60, 10)


def views(options, bars):
    run = Run("views", *FROZEN, "--feature-views", "4", "--augment", "translate", "--epochs", "40",
              "--threads", options.threads)
    print_table(HEADER, [run.row("four views")])
    bars.at_least("starting-points-views-recall-at-10", run.recall(), 0.6)
    bars.at_most("starting-points-views-minutes", run.seconds / 60, 30)


def frozen_pair(options):
    """The model that `frozen` leaves."""
    if not (FOLDER / "frozen/best").exists():
        Run("frozen", *FROZEN, "--epochs", "24", "--threads", options.threads)
    return FOLDER / "frozen/best"


def tuned(options, bars):
    common = ["--pretrained", frozen_pair(options), "--minutes", options.minutes, "--threads", options.threads]
    runs = {
        "text tower": Run("tuned-text", *common, "--lock-image", "--unlock-groups", "3", "--tower-lr", "1e-4", "--lr",
                          "2e-4", "--batch-size", "512"),
        "both towers": Run("tuned-both", *common, "--augment", "translate", "--unlock-groups", "2", "--tower-lr", "5e-5"),
        "text tower by LoRA, rank 8": Run("tuned-lora", *common, "--lock-image", "--lora", "8", "--tower-lr", "1e-3", "--lr",
                                          "2e-4", "--batch-size", "512"),
    }
    print_table(HEADER, [run.row(name) for name, run in runs.items()])
    bars.at_least("starting-points-tuned-recall-at-10", max(run.recall() for run in runs.values()), 0.6)


def few_pairs(number):
    """A table of 200 training pairs drawn at random, one caption each; the pictures stay where they are."""
    names = (DATA / "train.txt").read_text().splitlines()
    chosen = set(random.Random(number).sample(names, PAIRS))
    path = FOLDER / f"few-{number}.tsv"
    with open(DATA / "captions.tsv", encoding="utf-8") as file:
        rows = [row for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]
    lines = [f"{DATA / name}\t{title}" for name, title in rows[1:] if name in chosen]
    path.write_text("\n".join(["filepath\ttitle", *lines]) + "\n", encoding="utf-8")
    return path


def few(options, bars):
    found = {"frozen pair": [], "random weights": []}
    for number in range(DRAWS):
        data = few_pairs(number)
        common = ["--val-data", DATA, "--seed", number, "--threads", options.threads]
        found["frozen pair"].append(Run(f"few-{number}-frozen", *FROZEN, *common, data=data).recall())
        found["random weights"].append(Run(f"few-{number}-random", *SMALL, *common, "--minutes", "3", data=data).recall())
    rows = []
    for name, recalls in found.items():
        half = 2.776 * statistics.stdev(recalls) / math.sqrt(DRAWS)  # Student's t, four degrees of freedom
        rows.append([name, *(f"{recall:.1%}" for recall in recalls), f"{statistics.mean(recalls):.1%} ± {half:.1%}"])
    print(f"R@10 after learning from {PAIRS} pairs")
    print_table(["run", *(f"draw {number}" for number in range(DRAWS)), "mean, 95 %"], rows)
    means = [statistics.mean(recalls) for recalls in found.values()]
    bars.at_least("starting-points-few-ratio", means[0] / means[1], 5)


def teacher(options, bars):
    pair = frozen_pair(options)
    vectors = FOLDER / "teacher.npy"
    shutil.rmtree(FOLDER / "teacher.clipindex", ignore_errors=True)
    subprocess.run(
        [*map(str, [REPOSITORY / ".build/release/clip-index", DATA, "--model", pair, "--output",
                    FOLDER / "teacher.clipindex", "--vectors", vectors])], check=True, stdout=sys.stderr)
    common = [*SMALL, "--minutes", options.minutes, "--threads", options.threads]
    taught = Run("taught", *common, "--teacher", vectors)
    alone = Run("alone", *common)
    print_table(HEADER, [taught.row("taught"), alone.row("alone")])
    bars.at_least("starting-points-teacher-ratio", taught.recall() / alone.recall(), 1.5)


def main():
    options, bars = parse(), Bars()
    prepare("datasets/drawings", "models/dinov2-small", "models/minilm-l6")
    FOLDER.mkdir(parents=True, exist_ok=True)
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.threads])  # decoding threads included
    print_machine(options.threads, ["torch", "transformers", "sentence-transformers", "onnxruntime"])
    sections = {"towers": towers.measure, "frozen": frozen, "views": views, "tuned": tuned, "few": few, "teacher": teacher,
                "texts": lambda _, bars: texts.measure(bars),
                "leaving": lambda _, bars: leaving.measure(bars, Run, few_pairs(0), DATA)}
    for name in options.only:
        sections[name](options, bars)
    return bars.close()


if __name__ == "__main__":
    sys.exit(main())
