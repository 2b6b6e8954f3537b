"""Held-out recall against seconds on `drawings` of the ways to train a small model: optimizers and picture sizes.

vit-nano-8-64 from random weights, pictures seen whole and moved about; every way with every seed, in turns. Prints
recall@10 of text to picture at equal seconds: the mean over seeds and their standard deviation. One run moves by about 1 %.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys

from report import REPOSITORY, RESULTS, on_curve, prepare, print_machine, print_table

FOLDER = RESULTS / "recipes"
DATA = REPOSITORY / "datasets/drawings/prepared"
COMMON = ["--model", "vit-nano-8-64", "--image-resize-mode", "longest", "--augment", "translate", "--val-frequency", "1"]
WAYS = {
    "AdamW": ["--opt", "adamw"],
    "Muon": ["--opt", "muon"],
    "Muon, 48 px for four fifths": ["--opt", "muon", "--resolution-schedule", "48:0.8"],
    "Muon, half of the patches": ["--opt", "muon", "--patch-dropout", "0.5"],
}


def parse():
    parser = argparse.ArgumentParser(
        prog="scripts/benchmark recipes", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=5, help="of each run (5)")
    parser.add_argument("--seeds", type=int, default=3, help="runs of each way (3)")
    parser.add_argument("--only", nargs="+", choices=WAYS, default=list(WAYS), help="ways (all)")
    return parser.parse_args()


def train(way, seed, minutes):
    """(seconds, R@10) of each evaluation."""
    folder = FOLDER / f"{list(WAYS).index(way)}-{seed}"
    shutil.rmtree(folder, ignore_errors=True)
    command = [REPOSITORY / ".build/release/clip-train", DATA, *COMMON, *WAYS[way], "--minutes", minutes, "--seed", seed,
               "--output", folder, "--json"]
    print("$ clip-train", *map(str, command[1:]), file=sys.stderr, flush=True)
    done = subprocess.run([*map(str, command)], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, check=True)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    shutil.rmtree(folder)
    return [(event["seconds"], event["text_to_image"]["recall_at_10"])
            for event in events if event["event"] == "evaluation"]


def main():
    options = parse()
    prepare("datasets/drawings")
    FOLDER.mkdir(parents=True, exist_ok=True)
    print_machine(os.cpu_count(), ["torch"])
    found = {way: [] for way in options.only}
    for seed in range(options.seeds):
        for way in options.only:
            found[way].append(train(way, seed, options.minutes))
    times = [options.minutes * 60 * share for share in (0.25, 0.5, 0.75, 1)]
    rows = []
    for way, runs in found.items():
        cells = []
        for seconds in times:
            values = [on_curve(points, seconds, 0.01) for points in runs]
            spread = f" ± {statistics.stdev(values):.1%}" if len(values) > 1 else ""
            cells.append(f"{statistics.mean(values):.1%}{spread}")
        rows.append([way, *cells])
    print(f"R@10 of text to picture after so many seconds, mean of {options.seeds} seeds and their standard deviation")
    print_table(["way", *(f"{seconds:.0f} s" for seconds in times)], rows)


if __name__ == "__main__":
    main()
