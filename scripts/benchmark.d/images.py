"""The way from picture files to views beside its peers: pictures a second, all in turns, the median of several rounds.

`train` decodes, cuts out at random, resizes to 224, mirrors and normalises; `simclr` makes views of decoded pictures;
`evaluate` decodes, resizes the shorter side to 224 and cuts out the middle; `resize` only does the second of these.
Pictures are JPEGs of two photographs that scikit-learn brings along. A peer on two threads is two processes at once.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from report import REPOSITORY, RESULTS, Bars, prepare, print_machine, print_table

FOLDER = RESULTS / "images"
PEERS = {  # part: {peer: how many times faster this side must be}
    "train": {"torchvision": 2.5},
    "simclr": {"lightly": 6, "albumentations": 2.5},
    "evaluate": {"pillow": 2, "pillow-simd": 1.2, "pyvips": 1.2},
    "resize": {"pillow": 4, "pillow-simd": 1},
}
SIMD_VENV = REPOSITORY / ".venv-pillow-simd"


def parse():
    parser = argparse.ArgumentParser(
        prog="scripts/benchmark images", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="turns of each side (5)")
    parser.add_argument("--seconds", type=float, default=1, help="of each side and turn (1)")
    parser.add_argument("--sizes", nargs="+", default=["500x375", "2048x1536"], help="of the pictures (500x375 2048x1536)")
    parser.add_argument("--only", nargs="+", choices=PEERS, default=list(PEERS), help="parts (all)")
    return parser.parse_args()


def pictures(size):
    """Sixteen JPEGs of that size: parts of two photographs."""
    from PIL import Image
    from sklearn.datasets import load_sample_images

    folder = FOLDER / size
    if not folder.exists():
        folder.mkdir(parents=True)
        width, height = map(int, size.split("x"))
        for number, array in enumerate(load_sample_images().images):
            photograph = Image.fromarray(array)
            for place in range(8):
                left, top = 14 * place, 9 * place
                part = photograph.crop((left, top, left + 520, top + 347)).resize((width, height), Image.LANCZOS)
                part.save(folder / f"{number}{place}.jpg", quality=90)
    return sorted(map(str, folder.iterdir()))


def simd_python():
    """An interpreter with pillow-simd, which replaces Pillow and so needs an environment of its own; None where it does not build."""
    python = SIMD_VENV / "bin/python"
    if not SIMD_VENV.exists():
        subprocess.run([sys.executable, "-m", "venv", SIMD_VENV], check=True)
        built = subprocess.run(
            [SIMD_VENV / "bin/pip", "--quiet", "install", "--no-binary", ":all:", "pillow-simd==9.5.0.post2"],
            env={**os.environ, "CC": "cc -mavx2"}, stdout=sys.stderr)
        if built.returncode:
            print("pillow-simd does not build here, and is left out", file=sys.stderr)
    works = subprocess.run([python, "-c", "import PIL; assert 'post' in PIL.__version__"], stderr=subprocess.DEVNULL)
    return python if works.returncode == 0 else None


def has(peer):
    if peer == "pillow-simd":
        return simd_python() is not None
    module = {"pillow": "PIL"}.get(peer, peer)
    return subprocess.run([sys.executable, "-W", "ignore", "-c", f"import {module}"], stderr=subprocess.DEVNULL).returncode == 0


def ours(part, threads, seconds, files):
    command = [REPOSITORY / ".build/release/clip-benchmark", "images", part, *files, "--threads", threads, "--seconds", seconds]
    done = subprocess.run([*map(str, command)], check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)["rate"]


def theirs(peer, part, threads, seconds, files):
    python = simd_python() if peer == "pillow-simd" else sys.executable
    command = [python, "-W", "ignore", "-B", Path(__file__).with_name("images_peers.py"), peer, part, seconds, *files]
    running = [subprocess.Popen([*map(str, command)], stdout=subprocess.PIPE, text=True) for _ in range(threads)]
    rates = [float(one.communicate()[0]) for one in running]
    return sum(rates)


def main():
    options = parse()
    prepare()
    cores = os.cpu_count()
    print_machine(cores, ["torch", "torchvision", "pillow"])
    known = {peer: has(peer) for part in options.only for peer in PEERS[part]}
    for peer in (peer for peer, is_there in known.items() if not is_there):
        print(f"without {peer}, which is not installed")
    bars = Bars()
    for size in options.sizes:
        files, rows = pictures(size), []
        for part in options.only:
            peers = [peer for peer in PEERS[part] if known[peer]]
            for threads in sorted({1, min(2, cores)}):
                rates = {peer: [] for peer in ["ours", *peers]}
                for _ in range(options.rounds):
                    rates["ours"].append(ours(part, threads, options.seconds, files))
                    for peer in peers:
                        rates[peer].append(theirs(peer, part, threads, options.seconds, files))
                middle = {peer: statistics.median(values) for peer, values in rates.items()}
                for peer in peers:
                    ratio = middle["ours"] / middle[peer]
                    rows.append([part, threads, peer, f"{middle['ours']:.0f}", f"{middle[peer]:.0f}", f"{ratio:.2f}"])
                    if size == options.sizes[0]:
                        bars.at_least(f"{part}-over-{peer}-{threads}t", ratio, PEERS[part][peer])
        print(f"pictures of {size}, a second")
        print_table(["part", "threads", "peer", "ours", "theirs", "ratio"], rows)
    sys.exit(bars.close())


if __name__ == "__main__":
    main()
