"""Handwritten digits, 8 × 8 pixels each, from the UCI Machine Learning Repository."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from coursekit.datasets.planar import Labelled

FILE = Path(__file__).with_name("digits.npz")
TRAINING = 1437  # the first four fifths, in the order of the original file


class Digits(NamedTuple):
    """What to learn from, and what to be judged by; each with x `(64, n)` and labels `(n,)`."""

    train: Labelled
    test: Labelled


def digits() -> Digits:
    """1,797 handwritten digits: 1,437 to train on, the other 360 to test with.

    Each column of x is an image, row by row (`x[:, 0].reshape(8, 8)`), of numbers from 0, no
    ink, to 1. The split is by the order of the original file, not at random: neighbours there are
    alike, presumably by one writer, so that a random test would look easier than new
    handwriting is (99 % in place of 91 %, chapter 07).
    New arrays at every call.

    Source: Alpaydin & Kaynak (1998), Optical Recognition of Handwritten Digits, the test set of
    13 writers, https://doi.org/10.24432/C50P49, CC BY 4.0. Pixels are stored as they are there,
    0 to 16, and divided by 16 here.
    """
    with np.load(FILE) as stored:
        x, labels = stored["images"].T / 16, stored["labels"].astype(int)
    return Digits(
        Labelled(x[:, :TRAINING].copy(), labels[:TRAINING].copy()),
        Labelled(x[:, TRAINING:].copy(), labels[TRAINING:].copy()),
    )
