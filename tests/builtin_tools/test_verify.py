"""`verify` on labelled claims, beside the rule that looks at distances alone; the test run tells both."""

import json
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from jupyter_tools.builtin_tools.verify import verify
from jupyter_tools.errors import ConfigurationError
from jupyter_tools.retrieval.embedders import default_embedder
from jupyter_tools.retrieval.index import DocumentIndex

SETS = json.loads((Path(__file__).parent / "claims.json").read_text(encoding="utf-8"))
LABELS = ("supported", "contradicted", "unrelated")
CLAIMS = [
    (name, item["question"], item[label], label) for name, items in SETS.items() for item in items for label in LABELS
]
GIVEN_THRESHOLD = 0.6


@pytest.fixture(scope="module")
def indexes():
    return {name: DocumentIndex([item["passage"] for item in items]) for name, items in SETS.items()}


@pytest.fixture(scope="module")
def verdicts(indexes):
    return [verify(question, claim, retriever=indexes[name])["verdict"] for name, question, claim, _ in CLAIMS]


@pytest.fixture(scope="module")
def similarities():
    embed = default_embedder()
    passages = {name: np.array(embed([item["passage"] for item in items])) for name, items in SETS.items()}
    vectors = embed([claim for _, _, claim, _ in CLAIMS])
    return [float((passages[name] @ vector).max()) for (name, *_), vector in zip(CLAIMS, vectors, strict=True)]


def share_right(supported):
    right = [said == (label == "supported") for said, (*_, label) in zip(supported, CLAIMS, strict=True)]
    return sum(right) / len(right)


def tell(capsys, line):
    """Show a line in the test run's output, captured or not."""
    with capsys.disabled():
        sys.stdout.write(f"\n{line}")


def test_there_are_enough_claims_in_both_languages():
    assert Counter(label for *_, label in CLAIMS).keys() == set(LABELS)
    assert len(CLAIMS) >= 60


def test_it_beats_the_rule_of_distance_alone_even_with_the_best_threshold(verdicts, similarities, capsys):
    ours = share_right([verdict == "supported" for verdict in verdicts])
    given = share_right([similarity >= GIVEN_THRESHOLD for similarity in similarities])
    best = max(share_right([value >= limit for value in similarities]) for limit in similarities)
    tell(capsys, f"{len(CLAIMS)} claims, verified or not: verify {ours:.0%}, distance alone {given:.0%} at 0.6")
    tell(capsys, f"and {best:.0%} at the threshold that suits these very claims best")
    assert ours >= best + 0.1
    assert ours >= 0.85


@pytest.mark.parametrize("name", SETS)
def test_claims_are_judged_rightly(name, verdicts, capsys):
    told = [
        (label, verdict) for (set_name, *_, label), verdict in zip(CLAIMS, verdicts, strict=True) if set_name == name
    ]
    right = {label: sum(pair == (label, label) for pair in told) for label in LABELS}
    tell(capsys, f"{name}: " + ", ".join(f"{label} {right[label]} of {len(told) // 3}" for label in LABELS))
    assert sum(right.values()) / len(told) >= 0.7


def test_evidence_is_told_with_its_place_in_the_document():
    text = "Bees dance.\n\nWhales sleep upright. They dive deep."
    told = verify("How do whales sleep?", "Whales sleep upright.", retriever=DocumentIndex([{"id": "w", "text": text}]))
    assert told["verified"]
    assert told["evidence"] == ["Whales sleep upright."]
    [place] = told["evidence_places"]
    assert text[place["start"] : place["end"]] == "Whales sleep upright."
    assert told["sources"][0]["number"] == 1
    assert set(told["signals"]) == {"lexical", "numeric", "negation"}


def test_the_question_says_whom_a_claim_means():
    index = DocumentIndex(["The Danube is 2850 km long.", "The Rhine is 1230 km long."])
    assert verify("How long is the Danube?", "It is 2850 km long.", retriever=index)["verified"]
    assert not verify("How long is the Danube?", "It is 1230 km long.", retriever=index)["verified"]


def test_confidence_lies_between_0_and_1_and_nothing_found_is_not_verified():
    told = verify("q", "Zebras have stripes.", retriever=DocumentIndex(["Whales sleep."]))
    assert (told["verified"], told["verdict"], told["confidence"], told["evidence"]) == (False, "unrelated", 0.0, [])
    assert told["documents_found"] == 0


@pytest.mark.parametrize("arguments", [("q", ""), ("q", "  "), ("q", None), ("q", "a claim", 0), ("q", "a claim", "3")])
def test_what_cannot_be_verified_is_refused(arguments):
    with pytest.raises(ConfigurationError):
        verify(*arguments)
