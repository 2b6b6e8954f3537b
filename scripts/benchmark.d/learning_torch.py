"""A plain PyTorch loop that trains CLIP's towers on a prepared folder: the peer of `clip-train` in `learning`.

Every picture is decoded once, before the first step, and kept as 80 × 80 bytes. Prints one JSON object a line on
stdout: start, step, evaluation and done, with the field names of `clip-train --json`.
"""

import argparse
import json
import math
import random
import sys
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy
import torch
from PIL import Image
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from tokenizers import Regex

from towers_torch import CLIP

PATTERN = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"  # CLIP's words
START, END = "<|startoftext|>", "<|endoftext|>"
MEAN = torch.tensor([0.48145466, 0.4578275, 0.40821073]).view(3, 1, 1) * 255
DEVIATION = torch.tensor([0.26862954, 0.26130258, 0.27577711]).view(3, 1, 1) * 255


def emit(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)


# Data

def read_captions(folder):
    """Picture → its captions, from captions.tsv."""
    captions = defaultdict(list)
    for line in (folder / "captions.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        path, title = line.split("\t")
        captions[path].append(title)
    return captions


def square(path, side):
    """[side, side, 3]: the whole picture on white, its longer side filling the square."""
    picture = Image.open(path)
    if "A" in picture.getbands() or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    picture = picture.convert("RGB")
    longer = max(picture.size)
    size = tuple(max(1, round(extent * side / longer)) for extent in picture.size)
    canvas = Image.new("RGB", (side, side), "white")
    canvas.paste(picture.resize(size, Image.Resampling.BICUBIC), ((side - size[0]) // 2, (side - size[1]) // 2))
    return numpy.asarray(canvas)


def decode(folder, names, side, threads):
    with ThreadPoolExecutor(threads) as pool:
        return numpy.stack(list(pool.map(lambda name: square(folder / name, side), names)))


def train_tokenizer(captions, vocab_size):
    """Byte-level BPE with CLIP's words and end-of-word marks."""
    tokenizer = Tokenizer(models.BPE(end_of_word_suffix="</w>", unk_token=END))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(PATTERN), "removed", invert=True), pre_tokenizers.ByteLevel(False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size, special_tokens=[START, END], end_of_word_suffix="</w>", show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(captions, trainer)
    return tokenizer


class Captions:
    """Token ids of every caption, start and end included, cut to the context with the end token kept."""

    def __init__(self, tokenizer, context):
        self.tokenizer, self.context, self.ids = tokenizer, context, {}
        self.start, self.end = (tokenizer.token_to_id(token) for token in (START, END))

    def __getitem__(self, caption):
        if caption not in self.ids:
            words = self.tokenizer.encode(caption, add_special_tokens=False).ids[: self.context - 2]
            self.ids[caption] = [self.start, *words, self.end]
        return self.ids[caption]

    def batch(self, captions):
        """Tokens [batch, longest], padded behind, and the place of each end token [batch]."""
        rows = [self[caption] for caption in captions]
        longest = max(map(len, rows))
        tokens = torch.tensor([row + [self.end] * (longest - len(row)) for row in rows])
        return tokens, torch.tensor([len(row) - 1 for row in rows])


def normalized(pictures):
    """Bytes [batch, side, side, 3] → floats [batch, 3, side, side]."""
    return (torch.from_numpy(pictures).permute(0, 3, 1, 2).float() - MEAN) / DEVIATION


def training_views(pictures, side, luck):
    """A random crop of each picture, half of them flipped."""
    views = numpy.empty((len(pictures), side, side, 3), numpy.uint8)
    for view, picture in zip(views, pictures):
        top, left = (luck.randint(0, extent - side) for extent in picture.shape[:2])
        crop = picture[top : top + side, left : left + side]
        view[:] = crop[:, ::-1] if luck.random() < 0.5 else crop
    return normalized(views)


# Evaluation: the rules of Sources/Evaluation

def ranks(scores, right):
    """Rank, from 1, of the best right answer in each row of scores; ties count half. `right`: booleans, same shape."""
    best = scores.masked_fill(~right, -math.inf).amax(1, keepdim=True)
    wrong = ~right
    return 1 + ((scores > best) & wrong).sum(1) + ((scores == best) & wrong).sum(1) / 2


def scores(ranks):
    recall = {f"recall_at_{k}": (ranks <= k).double().mean().item() for k in (1, 5, 10)}
    return {**recall, "median_rank": ranks.double().quantile(0.5).item(), "queries": len(ranks)}


class Evaluation:
    """Held-out retrieval: each pair asks for its picture among all, each picture for any caption of its own.

    The pictures are seen whole, as clip-train does, and as the middle of the larger square, as in training; the view
    with more right answers counts, and the second view's seconds do not.
    """

    def __init__(self, views, captions_of_pictures, captions):
        self.views = views  # each [pictures, side, side, 3]
        texts = sorted({text for texts in captions_of_pictures for text in texts})
        numbers = {text: number for number, text in enumerate(texts)}
        self.tokens = [captions.batch(texts[i : i + 256]) for i in range(0, len(texts), 256)]
        self.right = torch.zeros(len(captions_of_pictures), len(texts), dtype=torch.bool)
        for picture, own in enumerate(captions_of_pictures):
            self.right[picture, [numbers[text] for text in own]] = True
        self.free_seconds = 0.0

    @torch.inference_mode()
    def __call__(self, model):
        texts = torch.cat([model.text(*tokens) for tokens in self.tokens])
        first = self.report(model, self.views[0], texts)
        began = time.monotonic()
        second = self.report(model, self.views[1], texts)
        self.free_seconds += time.monotonic() - began
        return max(first, second, key=lambda report: report["text_to_image"]["recall_at_10"])

    def report(self, model, view, texts):
        batches = (view[i : i + 256] for i in range(0, len(view), 256))
        cosines = torch.cat([model.vision(normalized(batch)) for batch in batches]) @ texts.T  # [pictures, texts]
        asked = self.right.nonzero()[:, 1]  # the text of each pair
        by_text = ranks(cosines.T, self.right.T)
        return {"text_to_image": scores(by_text[asked]), "image_to_text": scores(ranks(cosines, self.right))}


# Training

def batches(names, captions_of, batch_size, luck):
    """Endless (picture numbers, captions): a new order and one drawn caption of each picture every epoch."""
    while True:
        order = list(range(len(names)))
        luck.shuffle(order)
        for start in range(0, len(order) - batch_size + 1, batch_size):
            chosen = order[start : start + batch_size]
            yield chosen, [luck.choice(captions_of[names[i]]) for i in chosen]


def train(options, model, names, captions_of, pictures, captions, evaluate, started):
    luck, side = random.Random(options.seed), model_side(options)
    optimizer = torch.optim.AdamW(
        model.parameter_groups(decay=0.2), lr=options.lr, betas=(0.9, 0.98), eps=1e-6, fused=True)
    step, due, first = 0, sorted(options.evaluate_at), time.monotonic() - started
    for chosen, texts in batches(names, captions_of, options.batch_size, luck):
        seconds = time.monotonic() - started - evaluate.free_seconds
        progress = (seconds - first) / (options.minutes * 60 - first)  # of the time for steps, as clip-train counts it
        if progress >= 1:
            break
        if due and seconds >= due[0]:
            emit("evaluation", step=step, seconds=seconds, **evaluate(model))
            due = [later for later in due if later > seconds]
        began = time.monotonic()
        warmup = min(1, max(progress / 0.05, 0.02))
        for group in optimizer.param_groups:
            group["lr"] = options.lr * warmup * (1 + math.cos(math.pi * progress)) / 2
        loss = model.loss(training_views(pictures[chosen], side, luck), *captions.batch(texts))
        optimizer.zero_grad()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        with torch.no_grad():
            model.log_logit_scale.clamp_(max=math.log(100))
        step += 1
        emit("step", step=step, epoch=step // (len(names) // options.batch_size), seconds=seconds, loss=loss.item(),
             chance_loss=math.log(options.batch_size), gradient_norm=norm.item(),
             pairs_per_second=options.batch_size / (time.monotonic() - began))
    emit("evaluation", step=step, seconds=seconds, **evaluate(model))
    emit("done", step=step, seconds=seconds)


def model_settings(options):
    return json.loads(options.model.read_text())


def model_side(options):
    return model_settings(options)["vision_cfg"]["image_size"]


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder with captions.tsv, train.txt and validation.txt")
    parser.add_argument("--model", type=Path, required=True, help="JSON of the towers")
    parser.add_argument("--tokenizer", type=Path, help="tokenizer.json; trained on the captions if not given")
    parser.add_argument("--minutes", type=float, default=10, help="of everything after the imports: decoding, training, evaluation")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--evaluate-at", type=float, nargs="*", default=[], metavar="SECONDS",
                        help="when to evaluate, besides at the end")
    parser.add_argument("--waves", action="store_true",
                        help="begin the positions of patches as clip-train does, not at random")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def main():
    options, began = parse(), time.monotonic()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    captions_of = read_captions(options.data)
    names, held_out = ((options.data / f"{part}.txt").read_text().splitlines() for part in ("train", "validation"))
    settings, side = model_settings(options), model_side(options)
    texts = [text for name in names for text in captions_of[name]]
    text = settings["text_cfg"]
    tokenizer = (Tokenizer.from_file(str(options.tokenizer)) if options.tokenizer
                 else train_tokenizer(texts, text["vocab_size"]))
    text["vocab_size"] = tokenizer.get_vocab_size()
    captions = Captions(tokenizer, text["context_length"])
    larger = side * 5 // 4
    pictures = decode(options.data, names, larger, options.threads)
    middle = slice((larger - side) // 2, (larger - side) // 2 + side)
    views = [decode(options.data, held_out, side, options.threads),
             decode(options.data, held_out, larger, options.threads)[:, middle, middle]]
    evaluate = Evaluation(views, [captions_of[name] for name in held_out], captions)
    model = CLIP(settings)
    if options.waves:
        model.begin_positions_as_waves()
    emit("start", pairs=len(names), validation_pairs=len(held_out), threads=options.threads, torch=torch.__version__,
         parameters=sum(p.numel() for p in model.parameters()), preparation_seconds=time.monotonic() - began)
    train(options, model, names, captions_of, pictures, captions, evaluate, began)


if __name__ == "__main__":
    sys.exit(main())
