"""Held-out recall against seconds: clip-train and a plain PyTorch loop with the same towers, one after the other.

Both get vit-nano-8-64, batch 128, AdamW 1e-3, pictures padded square, a random crop and flip, one caption drawn each
epoch, the same tokens, threads and minutes. Both clocks begin with their processes. clip-train's seconds include
reading the folder, training the tokenizer and decoding; the loop's include decoding every picture once, which it keeps,
but not its imports, and it gets clip-train's tokenizer for free. Both are evaluated at the same seconds, by the same rules, on whole pictures; the loop may see the
middle of the larger square instead, as in training, wherever that finds more. The loop begins as CLIP was published;
with --waves a second loop begins the positions of patches as clip-train does, which shows how much of the lead they
are. With --race clip-train has its best recipe (Muon, pictures seen whole and moved about, small ones for four fifths of
the run) and two fifths of the loop's minutes, and what counts is how soon it finds as much as the loop at its best. Prints recall@10 of text to picture at equal seconds and writes every figure to runs/benchmark/learning.csv.
"""

import argparse
import csv
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from report import REPOSITORY, RESULTS, Bars, on_curve, print_machine, print_table

MODEL = "vit-nano-8-64"
RECIPE = {"--batch-size": "128", "--lr": "1e-3"}
RACE_SHARE = 0.4
PARTS = Path(__file__).resolve().parent


def parse():
    parser = argparse.ArgumentParser(
        prog="scripts/benchmark learning", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10, help="budget of each run (10)")
    parser.add_argument("--rounds", type=int, default=1, help="runs of each side, in turn; their mean counts (1)")
    parser.add_argument("--waves", action="store_true",
                        help="run a second loop, whose positions begin as clip-train's; no bar depends on it")
    parser.add_argument("--race", action="store_true",
                        help="our best recipe; the seconds until it finds what the loop finds at best (use --minutes 20)")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="and cores, of each side (all)")
    parser.add_argument("--data", type=Path, default=REPOSITORY / "datasets/drawings/prepared",
                        help="a prepared folder (datasets/drawings/prepared, made when missing)")
    return parser.parse_args()


class Run:
    """What one training run told, line by line."""

    def __init__(self, side, command):
        self.side, self.points, self.speeds, self.start = side, [], [], {}
        print("$", " ".join(map(str, command)), file=sys.stderr, flush=True)
        began = time.monotonic()
        with subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True) as process:
            for line in process.stdout:
                self.read(json.loads(line), time.monotonic() - began)
        if process.returncode != 0:
            sys.exit(f"benchmark: {side} failed: exit code {process.returncode}; its own words are above")

    def read(self, event, elapsed):
        if event["event"] == "start":
            self.start = event
        elif event["event"] == "step":
            self.speeds.append(event["pairs_per_second"])
        elif event["event"] == "evaluation":
            self.points.append(self.point(event, elapsed))
            found = self.points[-1]
            print(f"{self.side}: {found['seconds']:.0f} s, step {found['step']}, "
                  f"R@10 {found['text_to_image_recall_at_10']:.1%}", file=sys.stderr, flush=True)

    def point(self, event, elapsed):
        """The weights are as old as the evaluation's beginning; ours is clocked from outside."""
        seconds = elapsed - event["took"] if self.side == "ours" else event["seconds"]
        point = {"side": self.side, "seconds": round(seconds, 2), "step": event["step"]}
        for direction in ("text_to_image", "image_to_text"):
            for field in ("recall_at_1", "recall_at_5", "recall_at_10", "median_rank"):
                point[f"{direction}_{field}"] = event[direction][field]
        return point

    @property
    def best(self):
        """The evaluation that found most."""
        return max(self.points, key=lambda point: point["text_to_image_recall_at_10"])

    def seconds_to(self, recall):
        """When this run had found so much, a straight line between two evaluations; never is infinite."""
        before = (0.0, self.chance)
        for point in self.points:
            here = (point["seconds"], point["text_to_image_recall_at_10"])
            if here[1] >= recall:
                return before[0] + (here[0] - before[0]) * (recall - before[1]) / (here[1] - before[1])
            before = here
        return float("inf")

    def recall(self, seconds):
        """Recall@10 of text to picture, a straight line between two evaluations; the last one holds on."""
        points = [(point["seconds"], point["text_to_image_recall_at_10"]) for point in self.points]
        return on_curve(points, seconds, self.chance)

    @property
    def chance(self):
        return 10 / self.start["validation_pairs"]


def run_ours(options, folder):
    recipe = ["--opt", "adamw", "--augment", "crop"]
    if options.race:
        recipe = ["--opt", "muon", "--augment", "translate", "--resolution-schedule", "48:0.8"]
    minutes = options.minutes * (RACE_SHARE if options.race else 1)
    return Run("ours", [
        REPOSITORY / ".build/release/clip-train", options.data, "--model", MODEL,
        *(word for pair in RECIPE.items() for word in pair), "--image-resize-mode", "longest", *recipe,
        "--minutes", minutes, "--threads", options.threads, "--workers", options.threads, "--output", folder, "--json"])


def run_pytorch(options, folder, times, waves=False):
    return Run("pytorch, waves" if waves else "pytorch", [
        sys.executable, "-B", PARTS / "learning_torch.py", options.data,
        "--model", REPOSITORY / f"models/{MODEL}/model.json", "--tokenizer", folder / "tokenizer.json",
        *(word for pair in RECIPE.items() for word in pair), "--minutes", options.minutes,
        "--threads", options.threads, *(["--waves"] if waves else []),
        "--evaluate-at", *(f"{seconds:.1f}" for seconds in times)])


def prepare(options):
    subprocess.run(["swift", "build", "-c", "release", "--product", "clip-train"], cwd=REPOSITORY, check=True,
                   stdout=sys.stderr)
    recipe = options.data.parent / "prepare"
    if not options.data.exists() and recipe.exists():
        subprocess.run([recipe], check=True, stdout=sys.stderr)
    shutil.rmtree(RESULTS / "learning", ignore_errors=True)
    RESULTS.mkdir(parents=True, exist_ok=True)


def write_table(runs):
    rows = [{"round": round_number, **point} for round_number, run in runs for point in run.points]
    with open(RESULTS / "learning.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


def print_curves(ours, pytorch, waves):
    """R@10 of every side at the seconds at which PyTorch was evaluated first. Returns our leads."""
    rows, leads = [], []
    for seconds in (point["seconds"] for point in pytorch[0].points):
        found = [statistics.mean(run.recall(seconds) for run in runs) for runs in (ours, pytorch, waves) if runs]
        leads.append(found[0] - found[1])
        rows.append([f"{seconds:.0f}", *(f"{recall:.1%}" for recall in found), f"{leads[-1]:+.1%}"])
    print(f"R@10, text to picture, {ours[0].start['validation_pairs']} held-out pictures, chance {ours[0].chance:.1%}")
    print_table(["seconds", "ours", "PyTorch", *(["PyTorch, waves"] if waves else []), "lead"], rows)
    return leads


def main():
    options, bars = parse(), Bars()
    prepare(options)
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.threads])  # decoding threads included
    print_machine(options.threads, ["torch", "tokenizers", "pillow"])
    ours, pytorch, waves = [], [], []
    for number in range(options.rounds):
        folder = RESULTS / f"learning/{number}"
        ours.append(run_ours(options, folder))
        times = [point["seconds"] for point in ours[-1].points]
        times += range(int(times[-1]) + 60, int(60 * options.minutes), 60)  # a race ends sooner than the loop
        pytorch.append(run_pytorch(options, folder, times))
        if options.waves:
            waves.append(run_pytorch(options, folder, times, waves=True))
    write_table([*enumerate(ours), *enumerate(pytorch), *enumerate(waves)])

    leads = print_curves(ours, pytorch, waves)
    speeds = [statistics.median(speed for run in runs for speed in run.speeds) for runs in (ours, pytorch)]
    decoding = statistics.median(run.start["preparation_seconds"] for run in pytorch)
    print(f"pairs per second, median of steps: ours {speeds[0]:.1f}, PyTorch {speeds[1]:.1f}, "
          f"ratio {speeds[0] / speeds[1]:.2f}")
    print(f"PyTorch's decoding and tokenizing before its first step: {decoding:.0f} s")
    print(f"every figure: {os.path.relpath(RESULTS / 'learning.csv')}\n")
    if options.race:
        shares = []
        for mine, theirs in zip(ours, pytorch):
            best = theirs.best
            recall, seconds = best["text_to_image_recall_at_10"], mine.seconds_to(best["text_to_image_recall_at_10"])
            shares.append(seconds / best["seconds"])
            print(f"PyTorch's best R@10 {recall:.1%} after {best['seconds']:.0f} s, ours {seconds:.0f} s")
        bars.at_most("learning-race", statistics.mean(shares), RACE_SHARE)
    bars.at_least("learning-evaluations", len(leads), 3)
    bars.at_least("learning-worst-lead", min(leads), 0)
    return bars.close()


if __name__ == "__main__":
    sys.exit(main())
