"""Writes Tests/Fixtures/golden/model: a small CLIP model and what transformers' CLIPModel gives for it.

    scripts/benchmark.d/venv && .venv/bin/python scripts/golden/model.py

The folder is a Hugging Face CLIP folder (config.json, preprocessor_config.json, model.safetensors) with random
weights, and beside them

    expected.safetensors  patches [batch·patches, 3·patch·patch], in the order channel, row, column
                          pictures, captions [batch, embedDim]: unit rows; pictures_mean: with the mean over the patches'
                          rows (behind the last layer norm, without the class token) in place of the class token's row
                          gradient.NAME: the loss's gradient with respect to the weight NAME
    expected.json         captions as token ids up to the end token, the ids that tell equal pictures and equal captions,
                          the loss, and the losses before each of ten AdamW steps and after the last, with the settings

The loss is the symmetric cross-entropy of exp(logit_scale)·pictures·captionsᵀ, where a pair that has the same picture or
the same caption as another is no negative to it. PyTorch computes in float64; what is stored is rounded to float32.
"""

import argparse
import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F
import transformers
from safetensors.torch import save_file
from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel

TARGET = Path(__file__).resolve().parents[2] / "Tests/Fixtures/golden/model"
START, END = 60, 61
PICTURE_IDS, CAPTION_IDS = [0, 1, 2, 3, 1, 5], [0, 1, 2, 2, 4, 5]
LENGTHS = [3, 8, 5, 5, 2, 10]
STEPS = dict(learning_rate=3e-4, beta1=0.9, beta2=0.98, epsilon=1e-6, weight_decay=0.2, clip=1.0, largest_scale=100.0)


def random_model():
    tower = dict(hidden_act="quick_gelu", num_hidden_layers=2, projection_dim=24)
    vision = dict(hidden_size=48, intermediate_size=96, num_attention_heads=3, image_size=16, patch_size=8)
    text = dict(hidden_size=32, intermediate_size=64, num_attention_heads=2, vocab_size=62, max_position_embeddings=10)
    tokens = dict(bos_token_id=START, eos_token_id=END, pad_token_id=END)
    model = CLIPModel(CLIPConfig(vision_config=vision | tower, text_config=text | tower | tokens, projection_dim=24))
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if name == "logit_scale":
                weight.fill_(math.log(1 / 0.07))
            elif weight.ndim == 1:
                gain = "norm" in name and name.endswith("weight")
                weight.copy_(float(gain) + 0.2 * torch.randn(weight.shape))
            else:
                weight.copy_(torch.randn(weight.shape) * weight[0].numel() ** -0.5)
    return model


def random_batch(settings):
    side = settings.vision_config.image_size
    pictures = torch.randn(len(PICTURE_IDS), 3, side, side)[PICTURE_IDS]
    words = [torch.randint(0, START, (length - 2,)).tolist() for length in LENGTHS]
    captions = [[START, *words[i], END] for i in CAPTION_IDS]
    return pictures.double(), captions


def padded(captions):
    """HF pools at the first end token; what pads lies behind it, where a causal tower does not look."""
    longest = max(map(len, captions))
    return torch.tensor([caption + [END] * (longest - len(caption)) for caption in captions])


def embeddings(model, pictures, captions):
    return (
        F.normalize(model.get_image_features(pictures).pooler_output, dim=1),
        F.normalize(model.get_text_features(padded(captions)).pooler_output, dim=1),
    )


def loss_of(model, pictures, captions):
    pictures, captions = embeddings(model, pictures, captions)
    logits = model.logit_scale.exp() * pictures @ captions.T
    same = lambda ids: torch.tensor(ids)[:, None] == torch.tensor(ids)[None, :]
    ignored = (same(PICTURE_IDS) | same(CAPTION_IDS)) & ~torch.eye(len(logits), dtype=torch.bool)
    logits, right = logits.masked_fill(ignored, -math.inf), torch.arange(len(logits))
    return (F.cross_entropy(logits, right) + F.cross_entropy(logits.T, right)) / 2


def mean_pooled(model, pictures):
    rows = model.vision_model(pictures).last_hidden_state[:, 1:]
    return F.normalize(model.visual_projection(model.vision_model.post_layernorm(rows).mean(1)), dim=1)


def ten_steps(model, pictures, captions):
    spared = ("position_embedding.weight", "token_embedding.weight")
    groups = {True: [], False: []}
    for name, weight in model.named_parameters():
        groups[weight.ndim >= 2 and not name.endswith(spared)].append(weight)
    groups = [
        {"params": groups[True], "weight_decay": STEPS["weight_decay"]},
        {"params": groups[False], "weight_decay": 0.0},
    ]
    betas = (STEPS["beta1"], STEPS["beta2"])
    optimizer = torch.optim.AdamW(groups, lr=STEPS["learning_rate"], betas=betas, eps=STEPS["epsilon"])
    losses = []
    for _ in range(10):
        optimizer.zero_grad()
        loss = loss_of(model, pictures, captions)
        loss.backward()
        losses.append(loss.item())
        torch.nn.utils.clip_grad_norm_(model.parameters(), STEPS["clip"])
        optimizer.step()
        with torch.no_grad():
            model.logit_scale.clamp_(max=math.log(STEPS["largest_scale"]))
    return losses + [loss_of(model, pictures, captions).item()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args()
    torch.manual_seed(7)
    model = random_model().eval()
    pictures, captions = random_batch(model.config)
    model.save_pretrained(TARGET)
    side = model.config.vision_config.image_size
    sizes = dict(size={"shortest_edge": side}, crop_size={"height": side, "width": side})
    CLIPImageProcessor(**sizes).save_pretrained(TARGET)
    model = model.double()
    loss = loss_of(model, pictures, captions)
    loss.backward()
    tensors = {f"gradient.{name}": weight.grad for name, weight in model.named_parameters()}
    patch = model.config.vision_config.patch_size
    tensors["patches"] = F.unfold(pictures, patch, stride=patch).transpose(1, 2).flatten(0, 1)
    tensors["pictures"], tensors["captions"] = embeddings(model, pictures, captions)
    tensors["pictures_mean"] = mean_pooled(model, pictures)
    save_file({name: x.detach().float().contiguous() for name, x in tensors.items()}, TARGET / "expected.safetensors")
    expected = {
        "versions": {"torch": torch.__version__.split("+")[0], "transformers": transformers.__version__},
        "captions": captions,
        "picture_ids": PICTURE_IDS,
        "caption_ids": CAPTION_IDS,
        "loss": loss.item(),
        "adamw": STEPS | {"losses": ten_steps(model, pictures, captions)},
    }
    lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in expected.items())
    (TARGET / "expected.json").write_text(f"{{{lines}}}\n")
    (TARGET / "generation_config.json").unlink(missing_ok=True)
    for file in sorted(TARGET.iterdir()):
        print(f"{file}: {file.stat().st_size} bytes")


if __name__ == "__main__":
    main()
