"""Prints the best evaluation of a run's log.jsonl: retrieval over all held-out pictures and over each part alone."""

import json
import sys

WORDS = {"text_to_image": "picture from caption", "image_to_text": "caption from picture"}

with open(sys.argv[1], encoding="utf-8") as log:
    evaluations = [event for event in map(json.loads, log) if event["event"] == "evaluation"]
best = [event for event in evaluations if event["is_best"]][-1]
print("Held-out retrieval, in per cent: share of queries whose true answer is among the first 1, 5, 10")
for name, report in [("all", best), *sorted(best.get("parts", {}).items())]:
    for direction, words in WORDS.items():
        found = report[direction]
        recalls = "  ".join(f"R@{k} {100 * found[f'recall_at_{k}']:4.1f}" for k in (1, 5, 10))
        print(f"  {name:8} {words:21} {recalls}   chance at 10: {100 * found['chance_at_10']:.1f}, "
              f"median rank {found['median_rank']:g} of {found['queries']}")
