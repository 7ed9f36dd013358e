"""The pose of a hand and an object over a sequence, estimated from what cameras see.

    capture = synthetic_capture(seed=0)
    fit = fit_sequence(capture)
    print(fit)

Arrays have the coordinate axis first and the frames last: points are `(3, n)`, over frames
`(3, n, frames)`. Lengths are in metres, angles in radians, places in a picture in pixels. What
can be differentiated takes arrays and gives arrays, or takes a node and gives a node.
"""

from coursekit.pose.cameras import Camera, project, ring_of_cameras
from coursekit.pose.capture import Capture, Noise
from coursekit.pose.distance import signed_distance
from coursekit.pose.distance_grid import DistanceGrid
from coursekit.pose.errors import MEASURES, PoseErrors, pose_errors
from coursekit.pose.fitting import PoseFit, fit_sequence
from coursekit.pose.hand import BONES, CHAINS, FINGERS, JOINTS, KEYPOINTS, RELAXED, Hand
from coursekit.pose.meshes import Mesh, read_mesh
from coursekit.pose.objective import PoseObjective
from coursekit.pose.poses import HandPose, Poses, RigidPose
from coursekit.pose.residuals import TERMS, Scales
from coursekit.pose.rotations import (
    angle_between,
    compose,
    rotate,
    rotation_matrix,
    rotation_vector,
)
from coursekit.pose.shapes import box, mug
from coursekit.pose.surfaces import SurfacePoints, sample_surface, sample_visible, visible
from coursekit.pose.synthetic import perturbed, synthetic_capture

__all__ = [
    "BONES",
    "CHAINS",
    "FINGERS",
    "JOINTS",
    "KEYPOINTS",
    "MEASURES",
    "RELAXED",
    "TERMS",
    "Camera",
    "Capture",
    "DistanceGrid",
    "Hand",
    "HandPose",
    "Mesh",
    "Noise",
    "PoseErrors",
    "PoseFit",
    "PoseObjective",
    "Poses",
    "RigidPose",
    "Scales",
    "SurfacePoints",
    "angle_between",
    "box",
    "compose",
    "fit_sequence",
    "mug",
    "perturbed",
    "pose_errors",
    "project",
    "read_mesh",
    "ring_of_cameras",
    "rotate",
    "rotation_matrix",
    "rotation_vector",
    "sample_surface",
    "sample_visible",
    "signed_distance",
    "synthetic_capture",
    "visible",
]
