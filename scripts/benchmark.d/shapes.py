"""What the smallest model learns of drawn scenes in ten minutes: text to picture among 1,000 it has never seen.

No caption of the held-out scenes occurs in training (datasets/shapes/README.md), so a model that finds them has learnt
sizes, colours, forms and relations. There is no peer here; the bar is the project's own.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from report import REPOSITORY, RESULTS, Bars, print_machine, print_table

RECIPE = "--model vit-pico-8-64 --augment translate --opt muon --lr 5e-4 --batch-size 128"


def parse():
    parser = argparse.ArgumentParser(
        prog="scripts/benchmark shapes", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10, help="budget of the run (10)")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="threads that compute (all)")
    parser.add_argument("--data", type=Path, default=REPOSITORY / "datasets/shapes/prepared",
                        help="a prepared folder (datasets/shapes/prepared, made when missing)")
    return parser.parse_args()


def train(options):
    """Every evaluation of one run."""
    folder = RESULTS / "shapes"
    shutil.rmtree(folder, ignore_errors=True)
    command = [
        REPOSITORY / ".build/release/clip-train", options.data, *RECIPE.split(), "--val-frequency", "4",
        "--minutes", options.minutes, "--threads", options.threads, "--output", folder, "--json"]
    done = subprocess.run([*map(str, command)], check=True, stdout=subprocess.PIPE, text=True)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    return [event for event in events if event["event"] == "evaluation"]


def main():
    options, bars = parse(), Bars()
    subprocess.run(["swift", "build", "-c", "release"], cwd=REPOSITORY, check=True, stdout=sys.stderr)
    if not options.data.exists():
        subprocess.run([options.data.parent / "prepare"], check=True, stdout=sys.stderr)
    print_machine(options.threads, ["torch"])
    found = train(options)
    rows = [[f"{event['seconds']:.0f}", event["step"], *(
        f"{event[way][field]:.1%}" for way in ("text_to_image", "image_to_text")
        for field in ("recall_at_1", "recall_at_10"))] for event in found]
    print(f"{found[-1]['text_to_image']['queries']} held-out scenes, chance at 1 "
          f"{1 / found[-1]['text_to_image']['queries']:.1%}")
    print_table(["seconds", "step", "words R@1", "R@10", "pictures R@1", "R@10"], rows)
    bars.at_least("shapes-recall-at-1", found[-1]["text_to_image"]["recall_at_1"], 0.9)
    return bars.close()


if __name__ == "__main__":
    sys.exit(main())
