"""The way from picture files to views beside its peers: pictures a second, all in turns, the median of several rounds.

train     decodes, cuts out at random, resizes to 224, mirrors and normalises
simclr    makes SimCLR's views of decoded pictures; counts views
evaluate  decodes, resizes the shorter side to 224 and cuts out the middle
resize    does the second of these to decoded pictures; of 500x375 alone
waiting   trains vit-nano-8-64 on `drawings`: the share of a step that waits for data

Pictures are JPEGs of two photographs that scikit-learn brings along, in two sizes, and PNG clip art of `drawings` whose sides
have 224 pixels or more. A peer on two threads is two processes at once. All of it takes about twenty minutes.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

from report import REPOSITORY, RESULTS, Bars, prepare, print_machine, print_table

FOLDER = RESULTS / "images"
DRAWINGS = REPOSITORY / "datasets/drawings/prepared"
TORCHVISION = {"torchvision": 2.5, "torchvision-pil": 2.5, "torchvision-io": 2.5}
PEERS = {  # part: {peer: how many times faster this side must be}
    "train": TORCHVISION,
    "simclr": {"lightly": 6, "albumentations": 2.5},
    "evaluate": {"pillow": 2, "pillow-simd": 1.2, "pyvips": 1.2},
    "resize": {"pillow": 4, "pillow-simd": 1},
}
PARTS = [*PEERS, "waiting"]
MOST_WAITING = 0.02
SETS = ["500x375", "224x224", "clipart"]
COUNT = 16  # pictures of a set
SIMD_VENV = REPOSITORY / ".venv-pillow-simd"


def parse():
    parser = argparse.ArgumentParser(
        prog="scripts/benchmark images", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="turns of each side (5)")
    parser.add_argument("--seconds", type=float, default=1, help="of each side and turn (1)")
    parser.add_argument("--minutes", type=float, default=2, help="of each training run of the part waiting (2)")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=SETS, help="pictures (all)")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="parts (all)")
    return parser.parse_args()


# Pictures

def pictures(name):
    """The files of a set."""
    return clip_art() if name == "clipart" else photographs(*map(int, name.split("x")))


def photographs(width, height):
    """Sixteen JPEGs of that size: parts of two photographs."""
    from PIL import Image
    from sklearn.datasets import load_sample_images

    folder = FOLDER / f"{width}x{height}"
    if not folder.exists():
        folder.mkdir(parents=True)
        for number, array in enumerate(load_sample_images().images):
            photograph = Image.fromarray(array)
            for place in range(COUNT // 2):
                left, top = 14 * place, 9 * place
                wide = min(520, 347 * width // height)
                part = photograph.crop((left, top, left + wide, top + wide * height // width))
                part.resize((width, height), Image.LANCZOS).save(folder / f"{number}{place}.jpg", quality=90)
    return sorted(map(str, folder.iterdir()))


def clip_art():
    """Sixteen PNGs, from equal distances in the list of those that are large enough."""
    from PIL import Image

    listed = (DRAWINGS / "train.txt").read_text(encoding="utf-8").splitlines()
    large = []
    for path in (DRAWINGS / line for line in listed if line.startswith("clipart/")):
        with Image.open(path) as image:
            if 224 <= min(image.size) and max(image.size) <= 1024:
                large.append(str(path))
    return large[:: len(large) // COUNT][:COUNT]


# Sides

def simd_python():
    """An interpreter with pillow-simd, which replaces Pillow and so needs an environment of its own; None where it does not
    build: it needs a C compiler, libjpeg and zlib."""
    python = SIMD_VENV / "bin/python"
    if not (SIMD_VENV / ".tried").exists():
        shutil.rmtree(SIMD_VENV, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", SIMD_VENV], check=True)
        print("building pillow-simd", file=sys.stderr)
        subprocess.run(
            [SIMD_VENV / "bin/pip", "--quiet", "install", "--no-binary", "pillow-simd", "pillow-simd==9.5.0.post2"],
            env={**os.environ, "CC": "cc -mavx2"}, stdout=sys.stderr)
        (SIMD_VENV / ".tried").touch()
    works = subprocess.run([python, "-c", "import PIL; assert 'post' in PIL.__version__"], stderr=subprocess.DEVNULL)
    return python if works.returncode == 0 else None


class Peer:
    """A peer at one part, on so many threads: as many processes, which wait until they are asked."""

    def __init__(self, peer, part, threads, files):
        python = simd_python() if peer == "pillow-simd" else sys.executable
        command = [python or "", "-W", "ignore", "-B", Path(__file__).with_name("images_peers.py"), peer, part, *files]
        one_thread = {"OMP_NUM_THREADS": "1", "VIPS_CONCURRENCY": "1", "NO_ALBUMENTATIONS_UPDATE": "1"}
        self.name, self.running, self.trouble = peer, [], "it does not build"
        if python is None:
            return
        self.running = [
            subprocess.Popen([*map(str, command)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             text=True, env={**os.environ, **one_thread})
            for _ in range(threads)
        ]

    def wait(self):
        """Until it is ready; it is not there where it says anything else."""
        if any(one.stdout.readline() != "ready\n" for one in self.running):
            self.trouble = (self.running[0].communicate()[1].splitlines() or ["it says nothing"])[-1]
            self.close()

    @property
    def is_there(self):
        return bool(self.running)

    def rate(self, seconds):
        for one in self.running:
            print(seconds, file=one.stdin, flush=True)
        return sum(float(one.stdout.readline()) for one in self.running)

    def close(self):
        for one in self.running:
            one.communicate()
        self.running = []


def ours(part, threads, seconds, files):
    command = [REPOSITORY / ".build/release/clip-benchmark", "images", part, *files, "--threads", threads, "--seconds", seconds]
    done = subprocess.run([*map(str, command)], check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)["rate"]


# Parts

def in_turns(part, threads, files, options, missing):
    """Pictures a second of each side: medians over turns."""
    peers = [Peer(peer, part, threads, files) for peer in PEERS[part]]
    for peer in peers:
        peer.wait()
    missing.update({peer.name: peer.trouble for peer in peers if not peer.is_there})
    peers = [peer for peer in peers if peer.is_there]
    rates = {name: [] for name in ["ours", *(peer.name for peer in peers)]}
    for _ in range(options.rounds):
        rates["ours"].append(ours(part, threads, options.seconds, files))
        for peer in peers:
            rates[peer.name].append(peer.rate(options.seconds))
    for peer in peers:
        peer.close()
    return {name: statistics.median(values) for name, values in rates.items()}


def measure(name, parts, options, bars):
    """All parts with the pictures of one set."""
    files, rows, missing = pictures(name), [], {}
    for part in parts:
        for threads in sorted({1, min(2, os.cpu_count())}):
            rates = in_turns(part, threads, files, options, missing)
            for peer in (peer for peer in rates if peer != "ours"):
                ratio = rates["ours"] / rates[peer]
                rows.append([part, threads, peer, f"{rates['ours']:.0f}", f"{rates[peer]:.0f}", f"{ratio:.2f}"])
                bars.at_least(f"images-{name}-{part}-over-{peer}-{threads}t", ratio, PEERS[part][peer])
    for peer, trouble in missing.items():
        print(f"without {peer}, which does not run here: {trouble}")
    print(f"{name}, a second")
    print_table(["part", "threads", "peer", "ours", "theirs", "ratio"], rows)
    sys.stdout.flush()


def waiting(options, bars):
    """The share of steps' time that waits for data: reports look back on twenty steps, of which the first have to start."""
    rows = []
    for threads in sorted({1, min(2, os.cpu_count())}):
        run = FOLDER / f"run-{threads}"
        shutil.rmtree(run, ignore_errors=True)
        command = [REPOSITORY / ".build/release/clip-train", DRAWINGS, "--model", "vit-nano-8-64", "--minutes",
                   options.minutes, "--threads", threads, "--workers", threads, "--output", run, "--json"]
        done = subprocess.run([*map(str, command)], check=True, stdout=subprocess.PIPE, text=True)
        shutil.rmtree(run, ignore_errors=True)
        steps = [event for event in map(json.loads, done.stdout.splitlines()) if event["event"] == "step"]
        reports = steps[39::20] or steps[-1:]
        share = statistics.mean(report["waiting"] for report in reports)
        idle = statistics.mean(report["decoders_waiting"] for report in reports)
        rate = statistics.median(report["pairs_per_second"] for report in reports)
        rows.append([threads, len(steps), f"{rate:.0f}", f"{share:.2%}", f"{idle:.0%}"])
        bars.at_most(f"images-waiting-{threads}t", share, MOST_WAITING)
    print("vit-nano-8-64 on drawings: shares of a step's time")
    print_table(["threads", "steps", "pairs a second", "step waits for data", "decoders wait for steps"], rows)


def main():
    options, bars = parse(), Bars()
    prepare(*(["datasets/drawings"] if "waiting" in options.only or "clipart" in options.sets else []))
    FOLDER.mkdir(parents=True, exist_ok=True)
    print_machine(min(2, os.cpu_count()), ["torch", "torchvision", "pillow", "lightly", "albumentations", "pyvips"])
    for name in options.sets:
        parts = [part for part in options.only if part in PEERS and (part != "resize" or name == "500x375")]
        if parts:
            measure(name, parts, options, bars)
    if "waiting" in options.only:
        waiting(options, bars)
    return bars.close()


if __name__ == "__main__":
    sys.exit(main())
