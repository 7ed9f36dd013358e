"""Pictures of what the course is about: `draw_*` takes `ax` first and returns the artist."""

from coursekit.plotting.curves import draw_band, draw_curve, draw_steps_on_curve, draw_values
from coursekit.plotting.figures import show, subplots
from coursekit.plotting.lines import draw_line, draw_points, draw_residuals
from coursekit.plotting.styles import COLOURS, style_of
from coursekit.plotting.surfaces import (
    draw_basins,
    draw_contours,
    draw_gradients,
    draw_minima,
    draw_path,
    draw_surface,
)

__all__ = [
    "COLOURS",
    "draw_band",
    "draw_basins",
    "draw_contours",
    "draw_curve",
    "draw_gradients",
    "draw_line",
    "draw_minima",
    "draw_path",
    "draw_points",
    "draw_residuals",
    "draw_steps_on_curve",
    "draw_surface",
    "draw_values",
    "show",
    "style_of",
    "subplots",
]
