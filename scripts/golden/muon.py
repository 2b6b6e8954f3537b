"""Writes Tests/Fixtures/golden/muon.json: where PyTorch's Muon moves a wide and a tall matrix in three steps.

    scripts/benchmark.d/venv && .venv/bin/python scripts/golden/muon.py

torch.optim.Muon turns its gradients into bfloat16 first; here it keeps float64. The file is {"versions": {…},
"learningRate": …, "weightDecay": …, "cases": [case, …]}, and a case is {"rows", "columns", "weights": before,
"gradients": [one matrix a step], "expected": [the weights after each step]}, matrices row-major.
"""

import json
from pathlib import Path

import torch

TARGET = Path(__file__).resolve().parents[2] / "Tests/Fixtures/golden/muon.json"
LEARNING_RATE, WEIGHT_DECAY, STEPS = 0.02, 0.01, 3


def case(rows, columns):
    weight = torch.nn.Parameter(torch.randn(rows, columns).round(decimals=2).double())
    optimizer = torch.optim.Muon([weight], lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    before, gradients, expected = weight.detach().clone(), [], []
    for _ in range(STEPS):
        weight.grad = torch.randn(rows, columns).round(decimals=2).double()
        gradients.append(weight.grad.flatten().tolist())
        optimizer.step()
        expected.append([float(f"{x:.8g}") for x in weight.detach().flatten().tolist()])
    return {"rows": rows, "columns": columns, "weights": before.flatten().tolist(), "gradients": gradients,
            "expected": expected}


def main():
    torch.manual_seed(5)
    torch.Tensor.bfloat16 = lambda self: self.clone()
    cases = [case(4, 6), case(7, 3), case(5, 5)]
    TARGET.write_text(json.dumps({
        "versions": {"torch": torch.__version__.split("+")[0], "script": "scripts/golden/muon.py"},
        "learningRate": LEARNING_RATE, "weightDecay": WEIGHT_DECAY, "cases": cases}) + "\n")


if __name__ == "__main__":
    main()
