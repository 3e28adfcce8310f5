"""Log probabilities: never more than certainty."""

from __future__ import annotations

import math

from mockapi.engine import logprobs
from mockapi.engine.tokens import encoding
from mockapi.seed import Stream, label


def test_probabilities_sum_to_less_than_one() -> None:
    text = "Rivers begin in the mountains and end in the sea. " * 20
    for number in range(40):
        for entry in logprobs.of(text, 20, encoding("o200k_base"), Stream(label(str(number)))):
            assert sum(math.exp(other["logprob"]) for other in entry["top_logprobs"]) < 1
            assert len({other["token"] for other in entry["top_logprobs"]}) == len({bytes(o["bytes"]) for o in entry["top_logprobs"]}) == 20
