"""What every benchmark prints: the machine with its measured peak, versions, tables, and its bars."""

import math
import os
import platform
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
RESULTS = REPOSITORY / "runs/benchmark"


def output_of(*command):
    """What a command prints, on one line; nothing where it fails or does not exist."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY)
    except FileNotFoundError:
        return ""
    return " ".join(done.stdout.split()) if done.returncode == 0 else ""


def prepare(*recipes):
    """Builds the commands, and makes the prepared folders of `recipes` (datasets/X, models/X) that are missing."""
    subprocess.run(["swift", "build", "-c", "release"], cwd=REPOSITORY, check=True, stdout=sys.stderr)
    for recipe in recipes:
        if not (REPOSITORY / recipe / "prepared").exists():
            subprocess.run([REPOSITORY / recipe / "prepare"], check=True, stdout=sys.stderr)


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []:
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def gemm_peak(threads, side=1024, tries=10):
    """GFLOP/s of the best of several products of two square float matrices in PyTorch, and its library."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    a, b = torch.randn(side, side), torch.randn(side, side)
    best = float("inf")
    for _ in range(tries):
        began = time.perf_counter()
        a @ b
        best = min(best, time.perf_counter() - began)
    torch.set_num_threads(before)
    return 2 * side**3 / best / 1e9


def print_machine(threads, packages):
    """The first lines of a report."""
    revision = output_of("git", "describe", "--always", "--dirty")
    swift = output_of("swift", "--version").split(" (")[0]
    print(f"revision   {revision or 'unknown'}")
    print(f"machine    {processor()}, {os.cpu_count()} cores, {threads} used")
    print(f"versions   {swift or 'no Swift'}; " + ", ".join(f"{name} {version(name)}" for name in packages))
    print(f"GEMM peak  {gemm_peak(threads):.0f} GFLOP/s measured on {threads} threads (PyTorch, 1024 × 1024 floats)")
    print(flush=True)


def print_table(header, rows):
    """Columns as wide as their widest cell, numbers to the right."""
    cells = [[str(cell) for cell in row] for row in [header, *rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    for row in cells:
        print("  ".join(cell.rjust(width) for cell, width in zip(row, widths)))
    print()


def interval(share, n, z=1.96):
    """Wilson's interval of a share of n."""
    middle, half = share + z * z / (2 * n), z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def on_curve(points, seconds, start):
    """What a curve of (seconds, value) through (0, start) says at some second: straight lines; the last value holds on."""
    before = (0.0, start)
    for here in points:
        if here[0] >= seconds:
            return before[1] + (seconds - before[0]) / (here[0] - before[0]) * (here[1] - before[1])
        before = here
    return before[1]


class Bars:
    """The figures that must reach a limit. A benchmark ends with them and exits 1 if one is missed."""

    def __init__(self):
        self.lines, self.missed = [], False

    def at_least(self, name, value, limit):
        met = value >= limit  # a NaN misses
        self.missed |= not met
        self.lines.append(f"bar {name} {value:.4g} >= {limit:g} {'met' if met else 'missed'}")

    def at_most(self, name, value, limit):
        met = value <= limit
        self.missed |= not met
        self.lines.append(f"bar {name} {value:.4g} <= {limit:g} {'met' if met else 'missed'}")

    def close(self):
        print("\n".join(self.lines))
        return 1 if self.missed else 0
