"""CLIP's two towers in plain PyTorch, from the JSON of a model in `models/`: the peer of Sources/Towers."""

import math

import torch
import torch.nn.functional as F
from torch import nn


def waves(side, width):
    """[1 + side², width]: sines and cosines of column and line, as Sources/Towers/SineCosinePositions.swift has them."""
    places, quarter = torch.arange(side), width // 4
    angles = places[:, None] * 100.0 ** (-torch.arange(quarter) / quarter)
    axis = torch.cat([angles.sin(), angles.cos()], dim=1)  # [side, 2·quarter]
    rows = torch.cat([axis.repeat(side, 1), axis.repeat_interleave(side, dim=0)], dim=1)
    return F.pad(rows, (0, width - 4 * quarter, 1, 0))


class Block(nn.Module):
    """Pre-norm transformer block: Radford et al. 2021, section 2.4, as open_clip builds and initialises it."""

    def __init__(self, width, heads, layers, causal):
        super().__init__()
        self.heads, self.causal = heads, causal
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        deviation = width**-0.5
        nn.init.normal_(self.qkv.weight, std=deviation)
        nn.init.normal_(self.out.weight, std=deviation * (2 * layers) ** -0.5)
        nn.init.normal_(self.up.weight, std=(2 * width) ** -0.5)
        nn.init.normal_(self.down.weight, std=deviation * (2 * layers) ** -0.5)
        for linear in (self.qkv, self.out, self.up, self.down):
            nn.init.zeros_(linear.bias)

    def forward(self, x):  # [batch, tokens, width]
        q, k, v = self.qkv(self.norm1(x)).unflatten(2, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        seen = F.scaled_dot_product_attention(q, k, v, is_causal=self.causal)  # [batch, heads, tokens, headWidth]
        x = x + self.out(seen.transpose(1, 2).flatten(2))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class VisionTower(nn.Module):
    def __init__(self, image_size, layers, width, head_width, patch_size, embed_dim):
        super().__init__()
        deviation, heads = width**-0.5, width // head_width
        self.patches = nn.Conv2d(3, width, patch_size, patch_size, bias=False)
        self.class_token = nn.Parameter(torch.randn(width) * deviation)
        self.positions = nn.Parameter(torch.randn((image_size // patch_size) ** 2 + 1, width) * deviation)
        self.before, self.after = nn.LayerNorm(width), nn.LayerNorm(width)
        self.blocks = nn.Sequential(*(Block(width, heads, layers, causal=False) for _ in range(layers)))
        self.projection = nn.Parameter(torch.randn(width, embed_dim) * deviation)

    def forward(self, pictures):  # [batch, 3, side, side]
        x = self.patches(pictures).flatten(2).transpose(1, 2)  # [batch, patches, width]
        x = torch.cat([self.class_token.expand(len(x), 1, -1), x], dim=1) + self.positions
        x = self.blocks(self.before(x))
        return F.normalize(self.after(x[:, 0]) @ self.projection, dim=1)


class TextTower(nn.Module):
    def __init__(self, context_length, vocab_size, width, heads, layers, embed_dim):
        super().__init__()
        self.table = nn.Embedding(vocab_size, width)
        nn.init.normal_(self.table.weight, std=0.02)
        self.positions = nn.Parameter(torch.randn(context_length, width) * 0.01)
        self.blocks = nn.Sequential(*(Block(width, heads, layers, causal=True) for _ in range(layers)))
        self.after = nn.LayerNorm(width)
        self.projection = nn.Parameter(torch.randn(width, embed_dim) * width**-0.5)

    def forward(self, tokens, ends):  # [batch, tokens], padded behind the end token, whose place is ends [batch]
        x = self.blocks(self.table(tokens) + self.positions[: tokens.shape[1]])
        x = self.after(x[torch.arange(len(x)), ends])
        return F.normalize(x @ self.projection, dim=1)


class CLIP(nn.Module):
    def __init__(self, settings):
        super().__init__()
        embed_dim = settings["embed_dim"]
        self.vision = VisionTower(**settings["vision_cfg"], embed_dim=embed_dim)
        self.text = TextTower(**settings["text_cfg"], embed_dim=embed_dim)
        self.log_logit_scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))

    def begin_positions_as_waves(self):
        """Sets the positions of patches to what Sources/Towers/SineCosinePositions.swift gives them."""
        positions = self.vision.positions
        positions.data = waves(math.isqrt(len(positions) - 1), positions.shape[1])

    def loss(self, pictures, tokens, ends):
        """Symmetric InfoNCE: Radford et al. 2021, fig. 3."""
        logits = self.log_logit_scale.exp() * self.vision(pictures) @ self.text(tokens, ends).T
        right = torch.arange(len(logits))
        return (F.cross_entropy(logits, right) + F.cross_entropy(logits.T, right)) / 2

    def parameter_groups(self, decay):
        """Weight decay for the matrices that multiply rows; none for gains, biases, embeddings and the scale."""
        spared = ("positions", "class_token", "table.weight")
        matrices, others = [], []
        for name, parameter in self.named_parameters():
            decays = parameter.ndim >= 2 and not name.endswith(spared)
            (matrices if decays else others).append(parameter)
        return [{"params": matrices, "weight_decay": decay}, {"params": others, "weight_decay": 0.0}]
