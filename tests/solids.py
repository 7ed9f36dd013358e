"""The meshes whose distances trimesh computed, and those figures: for tests of meshes."""

import json
from pathlib import Path

from coursekit.pose import Mesh, box, mug

GOLDEN = json.loads((Path(__file__).parent / "golden/distances.json").read_text("utf-8"))["meshes"]
MESHES = {
    "box": box(),
    "mug": mug(),
    "star": Mesh(GOLDEN["star"]["vertices"], GOLDEN["star"]["faces"]),
}
