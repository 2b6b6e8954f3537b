"""Training steps beside PyTorch: same towers, sizes and batch, 32-bit floats, forward, backward and AdamW included.

The sections, each by itself with --only:

steps    vit-nano-8-64 with captions that fill the context and with those of `drawings`, and vit-small-16-224: seconds
         of a step beside the fastest of PyTorch's modes, and the most memory
patches  pictures a second with half of each picture's patches left out
products the share of a step that is matrix products, and their rate beside PyTorch's fastest product
forward  pictures a second through the picture tower of ViT-B-32, beside PyTorch and onnxruntime
busy     the rate on all threads while another process keeps one core busy

Each side runs in a process of its own, in turns; medians. Pictures and tokens are drawn by lot, so that nobody reads or decodes.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys

from learning_torch import Captions, read_captions, train_tokenizer
from report import REPOSITORY, RESULTS, Bars, gemm_peak, prepare, print_machine, print_table

FOLDER = RESULTS / "training"
DATA = REPOSITORY / "datasets/drawings/prepared"
SECTIONS = ("steps", "patches", "products", "forward", "busy")
NANO, SMALL, LARGE = (
    REPOSITORY / f"models/{name}/model.json" for name in ("vit-nano-8-64", "vit-small-16-224", "ViT-B-32"))


def parse():
    parser = argparse.ArgumentParser(
        prog="scripts/benchmark training", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=SECTIONS, help="sections (all)")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each side (3)")
    return parser.parse_args()


def lengths(model, kind):
    """A file with the tokens of captions: as many as the context holds, or those of `drawings`."""
    text = json.loads(model.read_text())["text_cfg"]
    path = FOLDER / f"lengths-{kind}-{text['context_length']}.txt"
    if kind == "full":
        numbers = [text["context_length"]]
    else:
        said = [caption for own in read_captions(DATA).values() for caption in own]
        captions = Captions(train_tokenizer(said, text["vocab_size"]), text["context_length"])
        numbers = [len(captions[caption]) for caption in said]
    path.write_text("".join(f"{number}\n" for number in numbers))
    return path


def run(command):
    done = subprocess.run([*map(str, command)], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    return statistics.median(found["seconds"]), found["peak_bytes"]


def sides(model, batch, captions, threads, steps):
    """One turn of each side: a command that tells seconds of steps."""
    common = ["--batch", batch, "--lengths", captions, "--threads", threads, "--steps", steps]
    torch = [sys.executable, "-B", REPOSITORY / "scripts/benchmark.d/training_torch.py", "--model", model, *common]
    ours = [REPOSITORY / ".build/release/clip-benchmark", "training", "--model", model, *common]
    return {"ours": ours, "eager": torch, "compile": [*torch, "--mode", "compile"]}


def in_turns(commands, rounds):
    """Seconds of a step of each side, and the most memory: medians over turns."""
    found = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            found[name].append(run(command))
    return {name: [statistics.median(values) for values in zip(*turns)] for name, turns in found.items()}


def steps(options, bars):
    works = [
        ("vit-nano-8-64, full captions", NANO, 256, "full", 1, 6, 1.3),
        ("vit-nano-8-64, full captions", NANO, 256, "full", os.cpu_count(), 6, 1.3),
        ("vit-nano-8-64, drawings", NANO, 256, "drawings", os.cpu_count(), 6, 1.7),
        ("vit-small-16-224, drawings", SMALL, 32, "drawings", os.cpu_count(), 4, 1.25),
    ]
    rows = []
    for name, model, batch, kind, threads, count, limit in works:
        found = in_turns(sides(model, batch, lengths(model, kind), threads, count), options.rounds)
        ours, fastest = found["ours"], min(found["eager"][0], found["compile"][0])
        rows.append([name, batch, threads, *(f"{batch / found[side][0]:.1f}" for side in found),
                     f"{fastest / ours[0]:.2f}", f"{ours[1] / 1e6:.0f}", f"{found['eager'][1] / 1e6:.0f}"])
        label = f"training-{model.parent.name}-{kind}-{threads}"
        bars.at_least(f"{label}-ratio", fastest / ours[0], limit)
        if model == NANO and kind == "drawings":
            bars.at_most(f"{label}-memory", ours[1] / found["eager"][1], 0.4)
    print("pairs a second")
    print_table(["towers, captions", "batch", "threads", "ours", "eager", "compile", "ratio", "our MB", "their MB"], rows)


def patches(options, bars):
    whole = sides(NANO, 256, lengths(NANO, "drawings"), os.cpu_count(), 6)["ours"]
    found = in_turns({"all": whole, "half": [*whole, "--patch-dropout", "0.5"]}, options.rounds)
    ratio = found["all"][0] / found["half"][0]
    print(f"half of the patches left out: {256 / found['half'][0]:.1f} pairs a second, {ratio:.2f} times as many")
    print()
    bars.at_least("training-patch-dropout", ratio, 1.6)


def products(options, bars):
    """On one thread, so that nobody waits for anybody."""
    command = [*sides(NANO, 256, lengths(NANO, "full"), 1, 4)["ours"], "--count-products"]
    found = []
    for _ in range(options.rounds):
        peak = max(gemm_peak(1), gemm_peak(1, side=2048))
        done = subprocess.run([*map(str, command)], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, check=True)
        counted = json.loads(done.stdout.splitlines()[-1])
        found.append((counted["product_share"], counted["product_gflops"], peak))
    share, rate, peak = (statistics.median(values) for values in zip(*found))
    print(f"products are {share:.0%} of a step's time, at {rate:.0f} GFLOP/s; PyTorch's fastest product {peak:.0f}")
    print()
    bars.at_least("training-product-share", share, 0.8)
    bars.at_least("training-product-rate", rate / peak, 0.75)


def forward(options, bars):
    rows = []
    for batch in (1, 32):
        for threads in sorted({1, os.cpu_count()}):
            common = ["--model", LARGE, "--batch", batch, "--threads", threads]
            torch = [sys.executable, "-B", REPOSITORY / "scripts/benchmark.d/training_forward.py", *common]
            commands = {
                "ours": [REPOSITORY / ".build/release/clip-benchmark", "forward", *common],
                "PyTorch": torch, "compile": [*torch, "--mode", "compile"], "onnxruntime": [*torch, "--mode", "onnx"],
            }
            rates = {name: [] for name in commands}
            for _ in range(options.rounds):
                for name, command in commands.items():
                    done = subprocess.run([*map(str, command)], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, check=True)
                    rates[name] += json.loads(done.stdout.splitlines()[-1])["rates"]
            found = {name: statistics.median(values) for name, values in rates.items()}
            rows.append([batch, threads, *(f"{rate:.1f}" for rate in found.values())])
            label = f"training-forward-{batch}-{threads}"
            bars.at_least(f"{label}-pytorch", found["ours"] / max(found["PyTorch"], found["compile"]), 1.2)
            bars.at_least(f"{label}-onnxruntime", found["ours"] / found["onnxruntime"], 1.0)
    print("pictures a second through the picture tower of ViT-B-32")
    print_table(["batch", "threads", *commands], rows)


def busy(options, bars):
    commands = sides(NANO, 256, lengths(NANO, "drawings"), os.cpu_count(), 6)
    commands = {name: commands[name] for name in ("ours", "eager")}
    quiet = in_turns(commands, options.rounds)
    spinner = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        disturbed = in_turns(commands, options.rounds)
    finally:
        spinner.kill()
        spinner.wait()
    shares = {name: quiet[name][0] / disturbed[name][0] for name in commands}
    print("one core kept busy: share of the undisturbed rate")
    print_table(list(shares), [[f"{share:.2f}" for share in shares.values()]])
    bars.at_least("training-busy", shares["ours"], 0.6)


def main():
    options, bars = parse(), Bars()
    prepare("datasets/drawings")
    FOLDER.mkdir(parents=True, exist_ok=True)
    print_machine(os.cpu_count(), ["torch", "onnxruntime"])
    for name in options.only:
        {"steps": steps, "patches": patches, "products": products, "forward": forward, "busy": busy}[name](options, bars)
    return bars.close()


if __name__ == "__main__":
    sys.exit(main())
