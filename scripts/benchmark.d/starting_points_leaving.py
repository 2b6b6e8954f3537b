"""The section `leaving` of starting-points: a run of clip-train opened by other programs, and what they compute of it."""

import shutil
import subprocess

import numpy
import torch

from report import REPOSITORY, RESULTS, print_table
from starting_points_towers import captions, pictures

FOLDER = RESULTS / "starting-points"
TOWERS = ["--image-tower", "models/dinov2-small", "--image-size", "112", "--image-resize-mode", "squash",
          "--text-tower", "models/minilm-l6"]
LENGTH = ["--projection", "linear", "--epochs", "10"]


def ours(run, folder):
    """Our embeddings of the pictures in a folder, by name."""
    index, vectors = FOLDER / "leaving.clipindex", FOLDER / "leaving.npy"
    shutil.rmtree(index, ignore_errors=True)
    release = REPOSITORY / ".build/release"
    subprocess.run([*map(str, [release / "clip-index", folder, "--model", run, "--output", index, "--vectors", vectors])],
                   check=True, capture_output=True)
    names = [line.rsplit("/", 1)[1] for line in vectors.with_suffix(".txt").read_text().splitlines()]
    return dict(zip(names, numpy.load(vectors)))


def cosine(a, b):
    a, b = (x / numpy.linalg.norm(x, axis=-1, keepdims=True) for x in (a, b))
    return float((a * b).sum(-1).min())


def measure(bars, make_run, data, validation):
    run = make_run("leaving", *TOWERS, *LENGTH, "--val-data", validation, data=data).folder
    paths, pixels = pictures(112, 20)
    _, texts = captions(20)
    found = ours(run, paths[0].parent)
    rows = [transformers_side(bars, run, paths, pixels, found), *sentence_side(bars, run, texts)]
    print_table(["opened by", "what", "smallest cosine"], rows)


def transformers_side(bars, run, paths, pixels, found):
    from transformers import VisionTextDualEncoderModel

    model, told = VisionTextDualEncoderModel.from_pretrained(run, output_loading_info=True)
    # The pooling that transformers puts behind BERT is no part of the run, and not what is compared here; a mask token is
    # for training with masks, and no part of the ONNX file that the tower came from.
    missing = [key for key in told["missing_keys"] if ".pooler." not in key and not key.endswith(".mask_token")]
    with torch.inference_mode():
        embedded = model.eval().get_image_features(pixel_values=pixels)
    embedded = embedded if torch.is_tensor(embedded) else embedded.pooler_output
    worst = cosine(embedded.numpy(), numpy.stack([found[path.name] for path in paths]))
    bars.at_most("starting-points-leaving-keys", len(missing) + len(told["unexpected_keys"]), 0)
    bars.at_least("starting-points-leaving-transformers", worst, 0.9999)
    return ["VisionTextDualEncoderModel", "pictures", f"{worst:.6f}"]


def sentence_side(bars, run, texts):
    """Its sentence encoder beside the run's own embeddings, which transformers' parts compute here step by step."""
    from safetensors.torch import load_file
    from sentence_transformers import SentenceTransformer

    target = FOLDER / "leaving-sentences"
    shutil.rmtree(target, ignore_errors=True)
    subprocess.run([*map(str, [REPOSITORY / ".build/release/clip-export", run, "--sentence-transformers", target])],
                   check=True, capture_output=True)
    embedded = SentenceTransformer(str(target), device="cpu").encode(texts)
    weight = load_file(run / "model-trained.safetensors")["text_projection.weight"]
    from starting_points_towers import TextTower, tokenize

    with torch.inference_mode():
        expected = (TextTower()(*tokenize(texts)) @ weight.T).numpy()
    worst = cosine(embedded, expected)
    bars.at_least("starting-points-leaving-sentence-transformers", worst, 0.9999)
    return [["SentenceTransformer", "captions", f"{worst:.6f}"]]
