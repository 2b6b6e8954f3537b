"""Pictures a second through a picture tower with random weights in PyTorch or onnxruntime: the peer of
`clip-benchmark forward`. Prints one JSON object.
"""

import argparse
import json
import sys
import tempfile
import time
import warnings
from pathlib import Path

import torch

from towers_torch import VisionTower


def session(tower, pictures, threads):
    """A step of the tower inside onnxruntime."""
    import onnxruntime

    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = f"{folder}/tower.onnx"
        torch.onnx.export(tower, (pictures,), path, input_names=["pictures"], opset_version=17, dynamo=False)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        runtime = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    given = {"pictures": pictures.numpy()}
    return lambda: runtime.run(None, given)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="JSON of the towers")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--mode", choices=("eager", "compile", "onnx"), default="eager")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    settings = json.loads(options.model.read_text())
    tower = VisionTower(**{"head_width": 64, **settings["vision_cfg"]}, embed_dim=settings["embed_dim"]).eval()
    side = settings["vision_cfg"]["image_size"]
    pictures = torch.randn(options.batch, 3, side, side)
    with torch.inference_mode():
        if options.mode == "onnx":
            step = session(tower, pictures, options.threads)
        else:
            compiled = torch.compile(tower) if options.mode == "compile" else tower
            step = lambda: compiled(pictures)
        step()
        step()
        began, done = time.monotonic(), 0
        while time.monotonic() - began < options.seconds:
            step()
            done += options.batch
    print(json.dumps({"rates": [done / (time.monotonic() - began)]}))


if __name__ == "__main__":
    sys.exit(main())
