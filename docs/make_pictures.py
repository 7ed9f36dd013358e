"""Draw the picture of the README: python docs/make_pictures.py"""

from pathlib import Path

import numpy as np

from coursekit.descent import GradientDescent, minimize
from coursekit.landscapes import basins_of_attraction, himmelblau
from coursekit.plotting import draw_basins, draw_contours, draw_minima, draw_path, subplots

starts = np.random.default_rng(1).uniform(-5, 5, (2, 12))
rule = GradientDescent(lr=0.01)

fig, (left, right) = subplots(1, 2, width=9, height=4.4)
draw_contours(left, himmelblau)
draw_path(left, minimize(himmelblau, starts, rule, steps=100), style=rule)
draw_minima(left, himmelblau)
left.set(title="twelve random starts, lr = 0.01")
draw_basins(right, basins_of_attraction(himmelblau, GradientDescent(lr=0.024), n=401))
right.set(title="where every start ends, lr = 0.024")
fig.savefig(Path(__file__).with_name("himmelblau.png"), dpi=110, metadata={"Software": None})
