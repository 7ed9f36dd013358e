"""Pictures that answer a hand at once, and questions that are answered before the result."""

from coursekit.interactive.averages import explore_averages
from coursekit.interactive.descent import explore_descent
from coursekit.interactive.export import export_animation
from coursekit.interactive.gradient_checking import explore_gradient_check
from coursekit.interactive.graph import explore_graph
from coursekit.interactive.learning_rate import explore_learning_rate
from coursekit.interactive.line_fit import explore_line_fit
from coursekit.interactive.network import explore_network
from coursekit.interactive.pose import explore_pose_fit
from coursekit.interactive.predict import Predict

__all__ = [
    "Predict",
    "explore_averages",
    "explore_descent",
    "explore_gradient_check",
    "explore_graph",
    "explore_learning_rate",
    "explore_line_fit",
    "explore_network",
    "explore_pose_fit",
    "export_animation",
]
