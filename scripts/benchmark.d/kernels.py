"""Each loop over floats by itself: GFLOP/s of those that compute, GB/s of those that move, beside the peers' libraries.

Products beside oneDNN and what PyTorch multiplies with (MKL where it has it), both inside PyTorch, and OpenBLAS inside
NumPy; all in turns, the fastest call of each. The machine's peak is the fastest product of anyone. Bytes are those that a
kernel must read and write at least once.
"""

import argparse
import json
import os
import subprocess
import time

import numpy
import torch
from threadpoolctl import threadpool_limits

from report import REPOSITORY, prepare, print_machine, print_table

SIZES = [(4096, 192, 576), (4096, 192, 768), (4096, 768, 192), (4096, 768, 3072), (1024, 1024, 1024)]


def parse():
    parser = argparse.ArgumentParser(
        prog="scripts/benchmark kernels", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="turns of each side (3)")
    parser.add_argument("--seconds", type=float, default=0.3, help="of each kernel and turn (0.3)")
    return parser.parse_args()


def ours(threads, seconds):
    command = [REPOSITORY / ".build/release/clip-benchmark", "kernels", "--threads", threads, "--seconds", seconds]
    done = subprocess.run([*map(str, command)], check=True, stdout=subprocess.PIPE, text=True)
    found, name = {}, ""
    for line in done.stdout.splitlines():
        one = json.loads(line)
        name = f"{name} … its gradient" if one["name"].startswith("…") else one["name"]
        found[name] = (one["unit"], one["rate"])
    return found


def fastest(seconds, operations, step):
    step()
    began, best = time.perf_counter(), float("inf")
    while time.perf_counter() - began < seconds:
        start = time.perf_counter()
        step()
        best = min(best, time.perf_counter() - start)
    return operations / best / 1e9


def peers(threads, seconds):
    """{kernel: {library: GFLOP/s}}"""
    torch.set_num_threads(threads)
    found = {}
    with threadpool_limits(threads), torch.inference_mode():
        for m, k, n in SIZES:
            x, w, dy = torch.randn(m, k), torch.randn(n, k), torch.randn(m, n)
            size = f"{m} × {k} → {n}"
            for name, a, b in ((f"Y = X·W, {size}", x, w.T), (f"dX = dY·Wᵀ, {size}", dy, w), (f"dW = Xᵀ·dY, {size}", dy.T, x)):
                left, right = a.numpy(), b.numpy()
                found[name] = {
                    "PyTorch": fastest(seconds, 2 * m * k * n, lambda: a @ b),
                    "OpenBLAS": fastest(seconds, 2 * m * k * n, lambda: left @ right),
                }
            linear = torch.ops.mkldnn._linear_pointwise
            found[f"Y = X·W, {size}"]["oneDNN"] = fastest(
                seconds, 2 * m * k * n, lambda: linear(x, w, None, "none", [], ""))
    return found


def measure(threads, options):
    best, theirs = {}, {}
    for _ in range(options.rounds):
        for name, (unit, rate) in ours(threads, options.seconds).items():
            best[name] = (unit, max(rate, best.get(name, ("", 0))[1]))
        for name, rates in peers(threads, options.seconds).items():
            for library, rate in rates.items():
                theirs.setdefault(name, {})[library] = max(rate, theirs.get(name, {}).get(library, 0))
    products = [rate for name, (_, rate) in best.items() if name in theirs]
    peak = max(products + [rate for rates in theirs.values() for rate in rates.values()])
    copies = best["memcpy"][1]
    rows = []
    for name, (unit, rate) in best.items():
        own = theirs.get(name, {})
        rows.append([name, f"{rate:.0f}", unit, f"{rate / (peak if unit == 'GFLOP/s' else copies):.0%}",
                     *(f"{own[library]:.0f}" if library in own else "" for library in ("PyTorch", "oneDNN", "OpenBLAS"))])
    print(f"{threads} threads: peak {peak:.0f} GFLOP/s, memcpy {copies:.0f} GB/s")
    print_table(["kernel", "ours", "", "of peak or memcpy", "PyTorch", "oneDNN", "OpenBLAS"], rows)


def main():
    options = parse()
    prepare()
    print_machine(os.cpu_count(), ["torch", "numpy"])
    for threads in sorted({1, os.cpu_count()}):
        measure(threads, options)


if __name__ == "__main__":
    main()
