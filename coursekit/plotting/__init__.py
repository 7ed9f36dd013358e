"""Pictures of what the course is about: `draw_*` takes `ax` first and returns the artist."""

from coursekit.plotting.curves import draw_band, draw_curve, draw_steps_on_curve, draw_values
from coursekit.plotting.figures import show, subplots
from coursekit.plotting.graphs import draw_graph, graph_steps
from coursekit.plotting.lines import draw_line, draw_points, draw_residuals
from coursekit.plotting.networks import draw_classes, draw_digits, draw_network, draw_regions
from coursekit.plotting.pose import (
    as_picture,
    draw_cameras,
    draw_cloud,
    draw_convergence,
    draw_detections,
    draw_hand,
    draw_mesh,
    draw_pose_errors,
    draw_scene,
    draw_shadow,
    draw_terms,
    draw_view,
    look_at,
)
from coursekit.plotting.reports import draw_gradient_report
from coursekit.plotting.styles import COLOURS, style_of
from coursekit.plotting.surfaces import (
    draw_basins,
    draw_contours,
    draw_gradients,
    draw_minima,
    draw_path,
    draw_surface,
)
from coursekit.plotting.tables import GraphTable, graph_table
from coursekit.plotting.training import draw_history, draw_race, draw_tuning

__all__ = [
    "COLOURS",
    "GraphTable",
    "as_picture",
    "draw_band",
    "draw_basins",
    "draw_cameras",
    "draw_classes",
    "draw_cloud",
    "draw_contours",
    "draw_convergence",
    "draw_curve",
    "draw_detections",
    "draw_digits",
    "draw_gradient_report",
    "draw_gradients",
    "draw_graph",
    "draw_hand",
    "draw_history",
    "draw_line",
    "draw_mesh",
    "draw_minima",
    "draw_network",
    "draw_path",
    "draw_points",
    "draw_pose_errors",
    "draw_race",
    "draw_regions",
    "draw_residuals",
    "draw_scene",
    "draw_shadow",
    "draw_steps_on_curve",
    "draw_surface",
    "draw_terms",
    "draw_tuning",
    "draw_values",
    "draw_view",
    "graph_steps",
    "graph_table",
    "look_at",
    "show",
    "style_of",
    "subplots",
]
