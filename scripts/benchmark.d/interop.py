"""Whether transformers and open_clip open a run directory of clip-train, and compute what our commands compute.

Copies up to --count pictures of PICTURES aside, indexes them with RUN, and reads our embeddings out of the index: the
segments' floats and the catalogue's paths. Each peer then decodes, resizes and embeds the same files. Of captions our
commands show no embedding, so the scores of clip-search are compared: its cosines with every picture.

Pictures are turned upright and laid on white before the peers see them, as this project defines it; their own
processors do neither. JPEG files are decoded at full size there, and perhaps smaller here: they are counted apart.
Our resizing is Pillow's bit by bit (ImagesTests), so what Pillow makes by our rules stands for our pixels. Width comes
before height, as in torchvision and Pillow up to 12; Pillow 13 begins with the height of tall pictures. In resize
mode "shortest" open_clip cuts an odd remainder at another pixel (it rounds the half to even): what it makes of its own
pixels is shown and has no bar. In mode "longest" CLIPImageProcessor always rounds the shorter side down and fills with
black: pictures which that changes are left out where it is compared, and counted.
"""

import argparse
import json
import math
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error", TOKENIZERS_PARALLELISM="false")

import numpy
import open_clip
import tokenizers
import torch
from PIL import Image, ImageOps
from transformers import CLIPImageProcessor, CLIPModel, CLIPTokenizerFast
from transformers.utils.logging import disable_progress_bar

from report import REPOSITORY, Bars, print_machine, print_table

KINDS = {".png", ".jpg", ".jpeg"}
CAPTIONS = """
a photo of a cat
A Red Circle,   LEFT of a large blue square!
it's the dogs' ball, isn't it? we've 2 of them
3.14159 apples & 50% off
crème brûlée à la carte, cafe\u0301
Москва, ΟΔΥΣΣΕΥΣ, İstanbul
東京タワー と 猫, 你好，世界！
한국어 고양이, हिन्दी में बिल्ली
a cat 🐱 on a mat 👩‍🚀
no\u00a0break\u3000ideographic\ttab
logo icon symbol vector; svg; 128x128px
<|ENDOFTEXT|> </w> [CLS] <unk>
a
""".strip().split("\n") + ["word " * 200]


def parse():
    parser = argparse.ArgumentParser(
        prog="scripts/benchmark interop", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path, metavar="RUN", help="a run directory that clip-train wrote")
    parser.add_argument("pictures", type=Path, metavar="PICTURES", help="a folder of pictures")
    parser.add_argument("--count", type=int, default=200, help="pictures to compare, spread over the folder (200)")
    return parser.parse_args()


def command(name, *arguments):
    """What one of our commands prints."""
    done = subprocess.run(
        [REPOSITORY / f".build/release/{name}", *map(str, arguments)], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"benchmark: {name} failed: exit code {done.returncode}; its own words are above")
    return done.stdout


def copy_pictures(options, folder):
    """Up to --count files, renamed so that their names are enough to know them."""
    found = sorted(path for path in options.pictures.rglob("*") if path.suffix.lower() in KINDS and path.is_file())
    if not found:
        sys.exit(f"benchmark: cannot compare pictures: {options.pictures}: found no PNG or JPEG below it; give another")
    count = min(options.count, len(found))
    folder.mkdir()
    for i in range(count):
        source = found[i * len(found) // count]
        shutil.copyfile(source, folder / f"{i:05}{source.suffix.lower()}")


def our_embeddings(index):
    """Picture name to embedding, from the files of an index (see the pages of VectorIndex and Catalogue)."""
    manifest = json.loads((index / "manifest.json").read_text())
    rows = {}
    for segment in manifest["segments"]:
        data = (index / segment["file"]).read_bytes()
        length = int.from_bytes(data[-12:-8], "little")
        footer = json.loads(data[-16 - length : -16])
        count, dim, nlist = footer["count"], footer["embed_dim"], footer["nlist"]
        vectors = numpy.frombuffer(data, "<f4", count * dim, 64).reshape(count, dim)
        ids = numpy.frombuffer(data, "<i8", count, (64 + 4 * dim * (count + nlist) + 7) // 8 * 8)
        rows |= dict(zip(ids.tolist(), vectors))
    catalogues = [index / name for name in manifest["attachments"].values()]
    catalogue = next(path for path in catalogues if path.is_file() and path.read_bytes()[:6] == b"SQLite")
    with sqlite3.connect(f"file:{catalogue}?mode=ro", uri=True) as database:
        paths = database.execute("SELECT id, path FROM pictures").fetchall()
    return {Path(path).name: rows[number] for number, path in paths if number in rows}


def our_scores(index, names, captions):
    """[captions, pictures]: the cosines that clip-search prints."""
    scores = numpy.full((len(captions), len(names)), numpy.nan)
    places = {name: i for i, name in enumerate(names)}
    for i, caption in enumerate(captions):
        for line in command("clip-search", index, caption, "-k", len(names), "--json").splitlines():
            hit = json.loads(line)
            scores[i, places[Path(hit["path"]).name]] = hit["score"]
    return scores


def load(path):
    """A picture as this project sees it: upright, on white."""
    picture = ImageOps.exif_transpose(Image.open(path))
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    return picture.convert("RGB")


def unit(rows):
    return torch.nn.functional.normalize(rows, dim=-1)


class Transformers:
    """CLIPModel, CLIPTokenizerFast and CLIPImageProcessor, each opened on the run directory."""

    def __init__(self, run):
        self.model, info = CLIPModel.from_pretrained(run, output_loading_info=True)
        self.model.eval()
        self.wrong_keys = sorted({str(key) for name in ("missing_keys", "unexpected_keys", "mismatched_keys")
                                  for key in info[name]})
        self.tokenizer = CLIPTokenizerFast.from_pretrained(run)
        self.processor = CLIPImageProcessor.from_pretrained(run)
        self.context_length = self.model.config.text_config.max_position_embeddings

    def pixels(self, picture):
        return self.processor(picture, return_tensors="pt").pixel_values[0]

    def pictures(self, pixels):
        return unit(self.model.visual_projection(self.model.vision_model(pixels).pooler_output))

    def ids(self, caption):
        return self.tokenizer(caption, truncation=True, max_length=self.context_length).input_ids

    def captions(self, captions):
        outputs = [self.model.text_model(torch.tensor([self.ids(caption)])).pooler_output for caption in captions]
        return unit(self.model.text_projection(torch.cat(outputs)))


class OpenCLIP:
    """The run directory as open_clip's local directory."""

    def __init__(self, run):
        self.preprocessing = json.loads((run / "open_clip_config.json").read_text())["preprocess_cfg"]
        self.model, _, self.pixels = open_clip.create_model_and_transforms(f"local-dir:{run}")
        self.model.eval()
        self.tokenizer = open_clip.get_tokenizer(f"local-dir:{run}")

    def cleaned(self, caption):
        """Mended by ftfy before it is tokenized: "，" becomes ",", for example. This project does not."""
        return self.tokenizer.clean_fn(caption)

    def ids(self, caption):
        """Up to the first end token; what follows is padding."""
        ids = self.tokenizer([caption])[0].tolist()
        return ids[: ids.index(self.tokenizer.tokenizer.eos_token_id) + 1]

    def pictures(self, pixels):
        return unit(self.model.encode_image(pixels))

    def captions(self, captions):
        return unit(self.model.encode_text(self.tokenizer(captions)))


def our_pixels(picture, opened):
    """What this project makes of a picture, by Pillow: open_clip's pixels, but an odd remainder is cut on the far side."""
    side = opened.preprocessing["size"]
    if opened.preprocessing["resize_mode"] == "shortest":
        width, height = (max(side, side * extent // min(picture.size)) for extent in picture.size)
        left, top = (width - side) // 2, (height - side) // 2
        picture = picture.resize((width, picture.height), Image.Resampling.BICUBIC)  # width first, see above
        picture = picture.resize((width, height), Image.Resampling.BICUBIC)
        picture = picture.crop((left, top, left + side, top + side))
    return opened.pixels(picture)


def in_batches(embed, pixels):
    return torch.cat([embed(batch) for batch in pixels.split(32)])


def processor_can_say(preprocessing, size):
    """Whether CLIPImageProcessor has words for what happens to a picture of this size."""
    if preprocessing["resize_mode"] != "longest":
        return True
    shorter = min(size) * preprocessing["size"] / max(size)
    return min(size) == max(size) or (preprocessing["fill_color"] == 0 and int(shorter) == round(shorter))


def smallest(cosines):
    return f"{cosines.min():.6f} of {len(cosines)}" if len(cosines) else "-"


def compare_ids(run, hugging_face, opened, bars):
    """CLIPTokenizerFast, the bare tokenizer.json and open_clip's tokenizer; ours is in the scores of clip-search."""
    bare = tokenizers.Tokenizer.from_file(str(run / "tokenizer.json"))
    bare.enable_truncation(hugging_face.context_length)
    equal = [hugging_face.ids(text) == bare.encode(text).ids for text in CAPTIONS]
    equal += [hugging_face.ids(opened.cleaned(text)) == opened.ids(text) for text in CAPTIONS]
    bars.at_least("interop-same-ids", sum(equal) / len(equal), 1)


def compare_pictures(folder, ours, hugging_face, opened, bars):
    """Prints how near each way to embed a picture comes to ours. Returns transformers' embeddings."""
    names = list(ours)
    embeddings = torch.tensor(numpy.stack([ours[name] for name in names]))  # [pictures, embedDim]
    pictures = [load(folder / name) for name in names]
    pixels = {"CLIPImageProcessor": torch.stack([hugging_face.pixels(picture) for picture in pictures]),
              "open_clip": torch.stack([opened.pixels(picture) for picture in pictures])}
    pillow = torch.stack([our_pixels(picture, opened) for picture in pictures])
    same = in_batches(hugging_face.pictures, pillow)
    ways = {"interop-pictures": same,
            "interop-pictures-processor": in_batches(hugging_face.pictures, pixels["CLIPImageProcessor"]),
            "interop-pictures-open-clip": in_batches(opened.pictures, pillow),
            "open_clip, its own pixels": in_batches(opened.pictures, pixels["open_clip"])}
    is_jpeg = torch.tensor([not name.endswith(".png") for name in names])
    is_sayable = torch.tensor([processor_can_say(opened.preprocessing, picture.size) for picture in pictures])
    rows = []
    for name, found in ways.items():
        counts = is_sayable if name.endswith("processor") else torch.ones(len(names), dtype=bool)
        cosines = (found * embeddings).sum(-1)
        rows.append([name, *(smallest(cosines[counts & kind]) for kind in (counts, ~is_jpeg, is_jpeg))])
        if name.startswith("interop"):
            bars.at_least(name, float(cosines[counts].min()) if counts.any() else math.nan, 0.9999)
    print("smallest cosine with our embedding of the same picture")
    print_table(["", "all", "PNG", "JPEG"], rows)

    std = torch.tensor(hugging_face.processor.image_std).view(3, 1, 1)
    steps = ((pixels["CLIPImageProcessor"] - pillow) * std * 255).abs().amax(dim=(1, 2, 3))[is_sayable]
    print(f"pictures that CLIPImageProcessor cannot treat as the run says: {int((~is_sayable).sum())}; "
          f"for the others its pixels differ by at most {steps.max() if len(steps) else math.nan:.2f} of 255\n")
    bars.at_least("interop-pixels-within-1", float((steps < 1.01).float().mean()), 1)
    return same


def compare_captions(index, names, pictures, hugging_face, opened, bars):
    ours = our_scores(index, names, CAPTIONS)
    captions = hugging_face.captions(CAPTIONS)
    difference = numpy.abs(ours - (captions @ pictures.T).numpy())
    worst = numpy.unravel_index(difference.argmax(), difference.shape)
    print(f"scores of clip-search and transformers' cosines: {difference.size} pairs, largest difference "
          f"{difference.max():.2e} for {CAPTIONS[worst[0]][:40]!r}\n")
    bars.at_least("interop-captions", 1 - difference.max(), 0.9999)
    cosines = (opened.captions(CAPTIONS) * hugging_face.captions([opened.cleaned(text) for text in CAPTIONS])).sum(-1)
    bars.at_least("interop-captions-open-clip", float(cosines.min()), 0.9999)


@torch.inference_mode()
def main():
    options, bars = parse(), Bars()
    for name in ("clip-index", "clip-search"):
        subprocess.run(["swift", "build", "-c", "release", "--product", name], cwd=REPOSITORY, check=True,
                       stdout=sys.stderr)
    print_machine(torch.get_num_threads(), ["torch", "transformers", "tokenizers", "open_clip_torch", "pillow"])
    disable_progress_bar()
    hugging_face, opened = Transformers(options.run), OpenCLIP(options.run)
    print(f"keys that CLIPModel misses or does not expect: {', '.join(hugging_face.wrong_keys) or 'none'}\n")
    bars.at_least("interop-no-wrong-key", -len(hugging_face.wrong_keys), 0)
    compare_ids(options.run, hugging_face, opened, bars)
    with tempfile.TemporaryDirectory() as scratch:
        folder, index = Path(scratch) / "pictures", Path(scratch) / "index"
        copy_pictures(options, folder)
        command("clip-index", folder, "--model", options.run, "--output", index)
        ours = our_embeddings(index)
        pictures = compare_pictures(folder, ours, hugging_face, opened, bars)
        compare_captions(index, list(ours), pictures, hugging_face, opened, bars)
    return bars.close()


if __name__ == "__main__":
    sys.exit(main())
