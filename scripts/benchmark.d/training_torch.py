"""Seconds of training steps in plain PyTorch: the peer of `clip-benchmark training`, on the same shapes.

Prints one JSON object: the seconds of each step but the first ones, which compile and allocate, and the most bytes resident.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import torch

from towers_torch import CLIP


def drawn(lengths, number, batch, settings):
    """A batch drawn by lot: pictures as floats, tokens padded behind, and the place of each end token."""
    side, vocabulary = settings["vision_cfg"]["image_size"], settings["text_cfg"]["vocab_size"]
    own = torch.tensor([lengths[(number * batch + i) % len(lengths)] for i in range(batch)])
    return torch.randn(batch, 3, side, side), torch.randint(0, vocabulary, (batch, int(own.max()))), own - 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="JSON of the towers")
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--lengths", type=Path, required=True, help="tokens of a caption in each line")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--mode", choices=("eager", "compile"), default="eager")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    settings = json.loads(options.model.read_text())
    lengths = [int(line) for line in options.lengths.read_text().split()]
    model = CLIP(settings)
    loss_of = torch.compile(model.loss, dynamic=True) if options.mode == "compile" else model.loss
    optimizer = torch.optim.AdamW(model.parameter_groups(decay=0.2), lr=1e-4, betas=(0.9, 0.98), eps=1e-6, fused=True)
    seconds, warm = [], 3 if options.mode == "compile" else 1
    for number in range(options.steps + warm - 1):
        batch, began = drawn(lengths, number, options.batch, settings), time.monotonic()
        loss = loss_of(*batch)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        loss.item()
        if number >= warm:
            seconds.append(time.monotonic() - began)
    status = Path("/proc/self/status").read_text()  # what getrusage tells begins with the process that started this one
    peak = 1024 * int(next(line for line in status.splitlines() if line.startswith("VmHWM:")).split()[1])
    print(json.dumps({"seconds": seconds, "peak_bytes": peak}))


if __name__ == "__main__":
    sys.exit(main())
