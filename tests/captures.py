"""Captures that are small enough to be fitted, or measured slope by slope, in a test."""

from coursekit.pose import Capture, synthetic_capture


def few_frames() -> Capture:
    """Four frames around the moment of the grasp: few enough to measure every slope."""
    return synthetic_capture(seed=0, frames=9, cameras=3, points=20).part(4, 8)


def grasp() -> Capture:
    """Two thirds of a second: the hand comes near, closes, and begins to lift."""
    return synthetic_capture(seed=0, cameras=4, points=50).part(18, 38)
