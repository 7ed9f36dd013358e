"""Chapter 19's exercises: the projection, a loss with its gradient, a slope with planted bugs."""

import numpy as np

from coursekit.checks import Exercise, Mistake, case

# --- project_points -------------------------------------------------------------------------


def project_points(points, rotation, translation, intrinsics):
    """Where points `(3, n)` in front of a camera stand in its picture: `(2, n)`, in pixels."""
    return _picture(rotation @ points + translation[:, None], intrinsics)


def _picture(seen, intrinsics):
    """K p / z of points as the camera sees them."""
    projected = intrinsics @ seen
    return projected[:2] / projected[2]


def _turned_back(points, rotation, translation, intrinsics):
    return _picture(rotation.T @ points + translation[:, None], intrinsics)


def _camera_to_world(points, rotation, translation, intrinsics):
    return _picture(rotation.T @ (points - translation[:, None]), intrinsics)


def _shifted_first(points, rotation, translation, intrinsics):
    return _picture(rotation @ (points + translation[:, None]), intrinsics)


def _minus_translation(points, rotation, translation, intrinsics):
    return _picture(rotation @ points - translation[:, None], intrinsics)


def _from_the_position(points, rotation, translation, intrinsics):
    return _picture(rotation @ (points - translation[:, None]), intrinsics)


def _translation_forgotten(points, rotation, translation, intrinsics):
    return _picture(rotation @ points, intrinsics)


def _translation_as_a_row(points, rotation, translation, intrinsics):
    """For three points it goes unnoticed; for one it gives three, for others it raises."""
    return _picture(rotation @ points + translation, intrinsics)


def _rotation_forgotten(points, rotation, translation, intrinsics):
    return _picture(points + translation[:, None], intrinsics)


def _world_as_seen(points, rotation, translation, intrinsics):
    return _picture(points, intrinsics)


def _depth_of_the_world(points, rotation, translation, intrinsics):
    seen = rotation @ points + translation[:, None]
    return (intrinsics @ seen)[:2] / np.asarray(points)[2]


def _not_divided(points, rotation, translation, intrinsics):
    return (intrinsics @ (rotation @ points + translation[:, None]))[:2]


def _middle_not_divided(points, rotation, translation, intrinsics):
    seen = rotation @ points + translation[:, None]
    return intrinsics[:2, :2] @ seen[:2] + intrinsics[:2, 2:]


def _middle_divided(points, rotation, translation, intrinsics):
    seen = rotation @ points + translation[:, None]
    return (intrinsics[:2, :2] @ seen[:2] + intrinsics[:2, 2:]) / seen[2]


def _by_distance(points, rotation, translation, intrinsics):
    seen = rotation @ points + translation[:, None]
    ray = seen / np.sqrt((seen**2).sum(axis=0))
    return intrinsics[:2, :2] @ ray[:2] + intrinsics[:2, 2:]


def _all_by_distance(points, rotation, translation, intrinsics):
    seen = rotation @ points + translation[:, None]
    return (intrinsics @ seen)[:2] / np.sqrt((seen**2).sum(axis=0))


def _intrinsics_forgotten(points, rotation, translation, intrinsics):
    return _picture(rotation @ points + translation[:, None], np.eye(3))


def _middle_forgotten(points, rotation, translation, intrinsics):
    seen = rotation @ points + translation[:, None]
    return intrinsics[:2, :2] @ (seen[:2] / seen[2])


def _middle_twice(points, rotation, translation, intrinsics):
    return _picture(rotation @ points + translation[:, None], intrinsics) + intrinsics[:2, 2:]


def _depth_before_the_shift(points, rotation, translation, intrinsics):
    turned = rotation @ points
    return (intrinsics @ (turned + translation[:, None]))[:2] / turned[2]


def _three_rows(points, rotation, translation, intrinsics):
    projected = intrinsics @ (rotation @ points + translation[:, None])
    return projected / projected[2]


def _upside_down(points, rotation, translation, intrinsics):
    seen = rotation @ points + translation[:, None]
    return _picture(seen * np.array([[1], [-1], [1]]), intrinsics)


def _v_upside_down(points, rotation, translation, intrinsics):
    u, v = project_points.reference(points, rotation, translation, intrinsics)
    return np.stack([u, 2 * intrinsics[1, 2] - v])


def _mirrored(points, rotation, translation, intrinsics):
    seen = rotation @ points + translation[:, None]
    return _picture(seen * np.array([[-1], [1], [1]]), intrinsics)


def _on_its_head(points, rotation, translation, intrinsics):
    seen = rotation @ points + translation[:, None]
    return _picture(seen * np.array([[-1], [-1], [1]]), intrinsics)


def _rows_exchanged(points, rotation, translation, intrinsics):
    return project_points.reference(points, rotation, translation, intrinsics)[::-1]


def _one_focal_length(points, rotation, translation, intrinsics):
    k = np.array(intrinsics, dtype=float)
    k[1, 1] = k[0, 0]
    return project_points.reference(points, rotation, translation, k)


def _focal_lengths_exchanged(points, rotation, translation, intrinsics):
    k = np.array(intrinsics, dtype=float)
    k[0, 0], k[1, 1] = k[1, 1], k[0, 0]
    return project_points.reference(points, rotation, translation, k)


def _middle_exchanged(points, rotation, translation, intrinsics):
    k = np.array(intrinsics, dtype=float)
    k[:2, 2] = k[1::-1, 2]
    return project_points.reference(points, rotation, translation, k)


def _skew_ignored(points, rotation, translation, intrinsics):
    k = np.array(intrinsics, dtype=float)
    k[0, 1] = 0
    return project_points.reference(points, rotation, translation, k)


def _intrinsics_transposed(points, rotation, translation, intrinsics):
    return project_points.reference(points, rotation, translation, intrinsics.T)


def _whole_pixels(points, rotation, translation, intrinsics):
    return np.rint(project_points.reference(points, rotation, translation, intrinsics))


def _floor_divided(points, rotation, translation, intrinsics):
    projected = intrinsics @ (rotation @ points + translation[:, None])
    return projected[:2] // projected[2]


def _with_depth(change, name):
    """A projection that divides by `change` of the depth."""

    def project(points, rotation, translation, intrinsics):
        projected = intrinsics @ (rotation @ points + translation[:, None])
        return projected[:2] / change(projected[2])

    project.__name__ = name
    return project


def _added_to_the_depth(eps):
    return _with_depth(lambda z: z + eps, f"_{eps:.0e}_added_to_the_depth")


def _depth_at_least(limit):
    return _with_depth(lambda z: np.maximum(z, limit), f"_depth_at_least_{limit:.0e}")


def _by_components(mistake):
    """The mistake as the author of u = f x / z + c makes it: without the skew, too."""

    def project(points, rotation, translation, intrinsics):
        k = np.array(intrinsics, dtype=float)
        k[0, 1] = 0
        return mistake.function(points, rotation, translation, k)

    project.__name__ = f"{mistake.name}_and_no_skew"
    return Mistake(project, f"{mistake.sentence} The skew, intrinsics[0, 1], is missing, too.")


_K = np.array([[800.0, 0, 320], [0, 600, 240], [0, 0, 1]])
_SKEWED = np.array([[500.0, 2.5, 310], [0, 480, 250], [0, 0, 1]])
_HERE = np.array([[0.1], [-0.05], [0.8]])
_FOUR = np.array([[0.1, -0.3, 0.2, 0.0], [-0.05, 0.2, 0.4, 0.1], [0.8, 1.1, 0.6, 0.9]])
_QUARTER = np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])
_TILTED = np.array([[0.8, 0, 0.6], [0.36, 0.8, -0.48], [-0.48, 0.6, 0.64]])
_SHIFT = np.array([0.05, -0.02, 0.3])
_NEAR = np.array([[3e-6], [-1e-6], [4e-6]])  # nothing may be added to this depth
_FAR_OUT = np.array([[-3.0, 2e4, 4e2], [-2.0, -3e4, 1e2], [0.01, 5e4, 2e2]])  # beside the picture

# What goes wrong with K p / z and with u = f x / z + c, v = f y / z + c alike.
_WITH_OR_WITHOUT_SKEW = (
    Mistake(
        _turned_back,
        "You turn with the transposed rotation: that is the way from the camera to the world. "
        "`rotation` takes the world to the camera: rotation @ points.",
    ),
    Mistake(
        _minus_translation,
        "The translation has the wrong sign: R p + t.",
    ),
    Mistake(
        _translation_forgotten,
        "The translation is missing: the points are only turned, as if the camera stood in "
        "the origin of the world. Add translation[:, None].",
    ),
    Mistake(
        _depth_of_the_world,
        "You divide by the z of the world. The depth is the z of the point as the camera "
        "sees it, after rotation and translation.",
    ),
    Mistake(
        _depth_before_the_shift,
        "You divide by the depth before the translation is added. Both belong to the point as "
        "the camera sees it.",
    ),
    Mistake(
        _middle_not_divided,
        "You have f x + c without a division by the depth z: u = f x / z + c.",
    ),
    Mistake(
        _middle_divided,
        "You divide the middle of the picture by the depth, too: (f x + c) / z. It is f x / z + c.",
    ),
    Mistake(
        _by_distance,
        "You divide by the distance from the camera. A flat picture wants the depth, z: "
        "straight lines stay straight only with that.",
    ),
    Mistake(
        _middle_forgotten,
        "The middle of the picture is missing: pixels are counted from its upper left "
        "corner. Add the third column of K.",
    ),
    Mistake(
        _middle_exchanged,
        "The two numbers of the middle are exchanged: intrinsics[0, 2] belongs to u, "
        "intrinsics[1, 2] to v.",
    ),
    Mistake(
        _upside_down,
        "The picture is upside down: y already points downwards, as v does. No minus.",
    ),
    Mistake(
        _mirrored,
        "Left and right are exchanged: x points to the right, as u does. No minus.",
    ),
    Mistake(
        _on_its_head,
        "Both signs are turned, as in a pinhole camera, where the picture stands on its head. "
        "Here u goes to the right as x does, and v down as y does. No minus.",
    ),
    Mistake(
        _rows_exchanged,
        "u and v are exchanged: the first row is that of x, the second that of y.",
    ),
    Mistake(
        _one_focal_length,
        "You use the first focal length for both rows. That of v is intrinsics[1, 1].",
    ),
    Mistake(
        _focal_lengths_exchanged,
        "The two focal lengths are exchanged: intrinsics[0, 0] belongs to x.",
    ),
)

project_points = Exercise(
    project_points,
    cases=(
        case(_HERE, np.eye(3), np.zeros(3), _K),
        case(_HERE, np.eye(3), _SHIFT, _K),
        case(_HERE, _QUARTER, np.zeros(3), _K),
        case(_FOUR, _TILTED, np.array([0.1, 0.2, 1.5]), _K),
        case(_FOUR, _TILTED, np.array([0.1, 0.2, 1.5]), _SKEWED),
        case(_NEAR, np.eye(3), np.zeros(3), _K),
        case(_FAR_OUT, _QUARTER, np.zeros(3), _K),
        case(
            np.array([[1, 0, -2], [3, -1, 2], [4, 2, 5]]),
            np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1]]),
            np.array([1, 0, 2]),
            np.array([[500, 0, 300], [0, 400, 200], [0, 0, 1]]),
        ),
    ),
    mistakes=(
        Mistake(
            _camera_to_world,
            "You go from the camera to the world: Rᵀ (p − t). `rotation` and `translation` take "
            "the world to the camera: R p + t.",
        ),
        Mistake(
            _from_the_position,
            "You take `translation` for the place of the camera: R (p − t). It is what is added "
            "after turning: R p + t.",
        ),
        Mistake(
            _shifted_first,
            "You add the translation before turning. The order matters: first R p, then + t.",
        ),
        Mistake(
            _translation_as_a_row,
            "The translation is added as a row, a number to each column. Its three numbers belong "
            "to the three rows of R p: translation[:, None] makes it a column.",
        ),
        Mistake(
            _rotation_forgotten,
            "The rotation is missing: the points are only shifted. First rotation @ points.",
        ),
        Mistake(
            _world_as_seen,
            "Neither rotation nor translation is used: the camera sees R p + t.",
        ),
        Mistake(
            _all_by_distance,
            "You divide by the distance from the camera. A flat picture wants the depth, z: "
            "straight lines stay straight only with that.",
        ),
        Mistake(
            _middle_twice,
            "The middle of the picture is added twice: multiplying by the whole matrix K has "
            "already added it.",
        ),
        Mistake(
            _not_divided,
            "K is applied, but nothing is divided by the depth: what is far away must look "
            "small. Divide the first two rows by the third.",
        ),
        Mistake(
            _intrinsics_forgotten,
            "K is not used: x / z and y / z are not pixels yet.",
        ),
        Mistake(
            _v_upside_down,
            "The picture is upside down: y already points downwards, as v does. No minus.",
        ),
        Mistake(
            _three_rows,
            "The third row is always 1 and no place in the picture: return the first two, (2, n).",
        ),
        Mistake(
            _skew_ignored,
            "The number at intrinsics[0, 1] is ignored: it shears the picture. Multiply by the "
            "whole matrix, K p.",
        ),
        Mistake(
            _intrinsics_transposed,
            "You multiply with the transposed K: its third row, not its third column, should be "
            "(0, 0, 1).",
        ),
        Mistake(
            _whole_pixels,
            "You round to whole pixels. A rounded number has no derivative, so a fit could not "
            "use it; return the places as they are.",
        ),
        Mistake(
            _floor_divided,
            "// rounds down to whole pixels. A rounded number has no derivative, so a fit could "
            "not use it. Divide with /.",
        ),
        *_WITH_OR_WITHOUT_SKEW,
        *map(_by_components, _WITH_OR_WITHOUT_SKEW),
        *(
            Mistake(
                _added_to_the_depth(eps),
                f"You add {eps:.0e} to the depth so as not to divide by 0. All points are in front "
                "of the camera, and one very near would land elsewhere. Divide by z itself.",
            )
            for eps in (1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12)
        ),
        *(
            Mistake(
                _depth_at_least(limit),
                f"You take at least {limit:g} for the depth. All points are in front of the "
                "camera, some of them only just: divide by z itself.",
            )
            for limit in (0.1, 0.01, 1e-3, 1e-4, 1e-5)
        ),
    ),
    hints=(
        "First the world as the camera sees it: R p + t, three rows.",
        "Then the matrix K: its product with a point is (f x + c z, …, z).",
        "Last the division: the first two rows by the third. translation[:, None] makes a column.",
    ),
)


# --- smooth_loss ----------------------------------------------------------------------------


def smooth_loss(x, *, rate, sigma):
    """Σ ((x₍t+1₎ − 2 x₍t₎ + x₍t−1₎) rate² / σ)² of `(d, frames)`, and its gradient, like x."""
    x = np.asarray(x, dtype=float)
    scale = rate**2 / sigma
    r = _bent(x) * scale
    return (r**2).sum(), _spread(2 * r * scale, x.shape)


def _bent(x):
    return x[:, 2:] - 2 * x[:, 1:-1] + x[:, :-2]


def _spread(g, shape, weights=(1, -2, 1)):
    """To each of the three frames of a residual its share, added up."""
    grad = np.zeros(shape)
    after, at, before = weights
    grad[:, 2:] += after * g
    grad[:, 1:-1] += at * g
    grad[:, :-2] += before * g
    return grad


def _smooth(x, scale, *, again=None, factor=2, weights=(1, -2, 1)):
    """The loss with one scale, and a gradient that may have gone wrong."""
    x = np.asarray(x, dtype=float)
    r = _bent(x) * scale
    again = scale if again is None else again
    return (r**2).sum(), _spread(factor * r * again, x.shape, weights)


def _neighbours_forgotten(x, *, rate, sigma):
    return _smooth(x, rate**2 / sigma, weights=(0, -2, 0))


def _middle_without_its_factor(x, *, rate, sigma):
    return _smooth(x, rate**2 / sigma, weights=(0, 1, 0))


def _past_forgotten(x, *, rate, sigma):
    return _smooth(x, rate**2 / sigma, weights=(1, -2, 0))


def _future_forgotten(x, *, rate, sigma):
    return _smooth(x, rate**2 / sigma, weights=(0, -2, 1))


def _not_twice(x, *, rate, sigma):
    return _smooth(x, rate**2 / sigma, weights=(1, -1, 1))


def _sign_of_the_middle(x, *, rate, sigma):
    return _smooth(x, rate**2 / sigma, weights=(1, 2, 1))


def _neighbours_alone(x, *, rate, sigma):
    return _smooth(x, rate**2 / sigma, weights=(1, 0, 1))


def _middle_doubled(x, *, rate, sigma):
    return _smooth(x, rate**2 / sigma, weights=(1, -4, 1))


def _overwriting(order):
    """= for +=, by slices in this order or, the first, in a loop over the frames."""
    places = {"after": slice(2, None), "at": slice(1, -1), "before": slice(None, -2)}

    def overwritten(x, *, rate, sigma):
        x = np.asarray(x, dtype=float)
        scale = rate**2 / sigma
        g = 2 * _bent(x) * scale**2
        grad = np.zeros(x.shape)
        for place in order:
            grad[:, places[place]] = -2 * g if place == "at" else g
        return smooth_loss.reference(x, rate=rate, sigma=sigma)[0], grad

    overwritten.__name__ = "_overwritten_by_" + "_".join(order)
    return overwritten


def _uphill_sign(x, *, rate, sigma):
    loss, grad = smooth_loss.reference(x, rate=rate, sigma=sigma)
    return loss, -grad


def _no_two(x, *, rate, sigma):
    return _smooth(x, rate**2 / sigma, factor=1)


def _scale_once(x, *, rate, sigma):
    return _smooth(x, rate**2 / sigma, again=1)


def _rate_once(x, *, rate, sigma):
    return _smooth(x, rate**2 / sigma, again=1 / sigma)


def _sigma_once(x, *, rate, sigma):
    return _smooth(x, rate**2 / sigma, again=rate**2)


def _half(x, *, rate, sigma):
    loss, grad = smooth_loss.reference(x, rate=rate, sigma=sigma)
    return loss / 2, grad / 2


def _only_loss_halved(x, *, rate, sigma):
    loss, grad = smooth_loss.reference(x, rate=rate, sigma=sigma)
    return loss / 2, grad


def _velocity_rate(x, *, rate, sigma):
    return _smooth(x, rate / sigma)


def _rate_doubled(x, *, rate, sigma):
    return _smooth(x, rate * 2 / sigma)


def _rate_divided(x, *, rate, sigma):
    return _smooth(x, 1 / (rate**2 * sigma))


def _rate_forgotten(x, *, rate, sigma):
    return _smooth(x, 1 / sigma)


def _sigma_forgotten(x, *, rate, sigma):
    return _smooth(x, rate**2)


def _sigma_multiplied(x, *, rate, sigma):
    return _smooth(x, rate**2 * sigma)


def _sigma_squared(x, *, rate, sigma):
    return _smooth(x, rate**2 / sigma**2)


def _root_of_sigma(x, *, rate, sigma):
    return _smooth(x, rate**2 / np.sqrt(sigma))


def _velocities(x, *, rate, sigma):
    return _first_differences(x, rate / sigma)


def _velocities_by_the_squared_rate(x, *, rate, sigma):
    return _first_differences(x, rate**2 / sigma)


def _first_differences(x, scale):
    x = np.asarray(x, dtype=float)
    r = (x[:, 1:] - x[:, :-1]) * scale
    grad = np.zeros(x.shape)
    grad[:, 1:] += 2 * r * scale
    grad[:, :-1] -= 2 * r * scale
    return (r**2).sum(), grad


def _middle_once(x, *, rate, sigma):
    return _frame_by_frame(x, rate**2 / sigma, range(1, np.shape(x)[1] - 1), (1, -1, 1))


def _middle_once_in_the_loss(x, *, rate, sigma):
    loss, _ = _middle_once(x, rate=rate, sigma=sigma)
    x = np.asarray(x, dtype=float)
    scale = rate**2 / sigma
    r = (x[:, 2:] - x[:, 1:-1] + x[:, :-2]) * scale
    return loss, _spread(2 * r * scale, x.shape)


def _last_left_out(x, *, rate, sigma):
    return _frame_by_frame(x, rate**2 / sigma, range(1, np.shape(x)[1] - 2))


def _first_left_out(x, *, rate, sigma):
    return _frame_by_frame(x, rate**2 / sigma, range(2, np.shape(x)[1] - 1))


def _before_the_first(x, *, rate, sigma):
    return _frame_by_frame(x, rate**2 / sigma, range(np.shape(x)[1] - 1))


def _coordinates_counted(x, *, rate, sigma):
    return _frame_by_frame(x, rate**2 / sigma, range(1, min(len(x), np.shape(x)[1]) - 1))


def _frame_by_frame(x, scale, frames, weights=(1, -2, 1)):
    """The loss of some of the frames only, in a loop."""
    x = np.asarray(x, dtype=float)
    loss, grad = 0.0, np.zeros(x.shape)
    for t in frames:
        r = sum(w * x[:, at] for w, at in zip(weights, (t + 1, t, t - 1), strict=True)) * scale
        loss = loss + (r**2).sum()
        for w, at in zip(weights, (t + 1, t, t - 1), strict=True):
            grad[:, at] += 2 * w * r * scale
    return loss, grad


def _padded(x, *, rate, sigma):
    x = np.asarray(x, dtype=float)
    wide = np.pad(x, ((0, 0), (1, 1)))
    loss, grad = smooth_loss.reference(wide, rate=rate, sigma=sigma)
    return loss, grad[:, 1:-1]


def _round_the_end(x, *, rate, sigma):
    x = np.asarray(x, dtype=float)
    scale = rate**2 / sigma

    def bent(y):
        return np.roll(y, -1, axis=1) - 2 * y + np.roll(y, 1, axis=1)

    r = bent(x) * scale
    return (r**2).sum(), bent(2 * r * scale)


_COUNTS = {
    "residuals": lambda x: x[:, 2:].size,
    "frames_with_a_residual": lambda x: x[:, 2:].shape[1],
    "frames": lambda x: x.shape[1],
    "coordinates": lambda x: x.shape[0],
}


def _averaged(what, *, grad_too=True, of_nothing=0.0):
    """The sum divided by a number of things; `of_nothing` is the mean where there are none."""

    def mean(x, *, rate, sigma):
        loss, grad = smooth_loss.reference(x, rate=rate, sigma=sigma)
        n = _COUNTS[what](np.asarray(x))
        return loss / n if n else of_nothing, grad / (n or 1) if grad_too else grad

    names = f"_mean_over_{what}", "" if grad_too else "in_the_loss", "nan" * (of_nothing != 0)
    mean.__name__ = "_".join(filter(None, names))
    return mean


def _means():
    """Every way to take a mean, with what is special about it."""
    for what in _COUNTS:
        for grad_too in (True, False):
            for of_nothing in (0.0, np.nan)[: 2 if "residual" in what else 1]:
                words = f"You take the mean over the {what.replace('_', ' ')}."
                words += "" if grad_too else " (The gradient is that of the sum already.)"
                words += " The loss is the sum, so that more measurements weigh more."
                words += " Where there are none it is 0." if of_nothing else ""
                yield Mistake(_averaged(what, grad_too=grad_too, of_nothing=of_nothing), words)


def _absolute(x, *, rate, sigma):
    x = np.asarray(x, dtype=float)
    scale = rate**2 / sigma
    r = _bent(x) * scale
    return np.abs(r).sum(), _spread(np.sign(r) * scale, x.shape)


def _added_before_squaring(x, *, rate, sigma):
    x = np.asarray(x, dtype=float)
    scale = rate**2 / sigma
    r = (_bent(x) * scale).sum()
    return r**2, _spread(np.full(_bent(x).shape, 2 * r * scale), x.shape)


def _along_the_coordinates(x, *, rate, sigma):
    loss, grad = smooth_loss.reference(np.asarray(x).T, rate=rate, sigma=sigma)
    return loss, grad.T


def _first_coordinate_alone(x, *, rate, sigma):
    loss, first = smooth_loss.reference(x[:1], rate=rate, sigma=sigma)
    grad = np.zeros(np.shape(x))
    grad[:1] = first
    return loss, grad


def _residual_gradient(x, *, rate, sigma):
    x = np.asarray(x, dtype=float)
    scale = rate**2 / sigma
    r = _bent(x) * scale
    return (r**2).sum(), 2 * r * scale


def _exchanged(x, *, rate, sigma):
    return smooth_loss.reference(x, rate=rate, sigma=sigma)[::-1]


_WAY = np.array([[0.0, 0.1, 0.4, 0.4, 0.1, -0.3], [1.0, 0.8, 0.9, 0.5, 0.6, 0.6]])
# Far from 0, and gentle beside rough: there a difference quotient loses its digits. Eighths, so
# that no subtraction rounds.
_AWAY = 1024 + np.array([[0, 3e5, 1e5, 8e5, 2e5], [5, -2, 4, 4, -7]]) / 8

smooth_loss = Exercise(
    smooth_loss,
    cases=(
        case(np.array([[0.0, 1.0, 0.0]]), rate=1.0, sigma=1.0),
        case(np.array([[0.0, 1.0, 4.0, 9.0]]), rate=1.0, sigma=1.0),
        case(np.array([[0.0, 1.0, -2.0, 5.0, 3.0]]), rate=2.0, sigma=0.25),
        case(_WAY, rate=29.7, sigma=1.9),
        case(np.vstack([_WAY, _WAY[:1] ** 2 - 1]), rate=4.7, sigma=13.0),
        case(np.array([[0.0, 1.0, 2.0, 3.0], [5.0, 3.0, 1.0, -1.0]]), rate=3.0, sigma=0.5),
        case(np.array([[0, 2, 1, 5], [3, 3, -1, 0]]), rate=2, sigma=3),
        case(_AWAY, rate=120.0, sigma=0.01),
        case(np.array([[0.5, 0.7], [1.0, -1.0]]), rate=30.0, sigma=2.0),
        case(np.array([[0.5], [1.0]]), rate=30.0, sigma=2.0),
    ),
    mistakes=(
        Mistake(
            _neighbours_forgotten,
            "Each residual holds three frames, and your gradient only reaches the middle one. "
            "The frames before and after it get 2 r scale each, added to what they have.",
        ),
        Mistake(
            _middle_without_its_factor,
            "You give each residual's 2 r scale to the middle frame only, and without its factor. "
            "The three frames stand in it with 1, −2 and 1, and each gets its share.",
        ),
        Mistake(
            _past_forgotten,
            "The frame before the middle one, x₍t−1₎, gets nothing from its residual. It stands "
            "in it with the factor 1.",
        ),
        Mistake(
            _future_forgotten,
            "The frame after the middle one, x₍t+1₎, gets nothing from its residual. It stands "
            "in it with the factor 1.",
        ),
        Mistake(
            _not_twice,
            "The middle frame gets its gradient with −1. It stands in the residual with −2.",
        ),
        Mistake(
            _sign_of_the_middle,
            "The middle frame gets its gradient with +2. It stands in the residual with −2.",
        ),
        Mistake(
            _neighbours_alone,
            "The middle frame gets nothing from its residual. It stands in it with −2.",
        ),
        Mistake(
            _middle_doubled,
            "The middle frame gets twice its share: −2 of the residual and the 2 of 2 r make −4 in "
            "all.",
        ),
        *(
            Mistake(
                _overwriting(order.split()),
                "A frame stands in up to three residuals, and your gradient keeps what the last "
                "one wrote. Branches add up: += instead of =.",
            )
            for order in (
                "after at before",
                "at after before",
                "before after at",
                "before at after",
                "at before after",
            )
        ),
        Mistake(
            _uphill_sign,
            "The gradient has the opposite sign. It points uphill; the optimizer turns it.",
        ),
        Mistake(
            _half,
            "Loss and gradient are half of what they should be: the sum of squares, without ½.",
        ),
        Mistake(
            _only_loss_halved,
            "The loss has a ½ that the gradient does not know of: the sum of squares, without ½.",
        ),
        Mistake(
            _no_two,
            "The gradient is half of what it should be: the derivative of r² is 2 r.",
        ),
        Mistake(
            _scale_once,
            "The gradient misses a factor rate² / σ: once it is in r, and once more it comes from "
            "the chain rule, ∂r/∂x = (1, −2, 1) · rate² / σ.",
        ),
        Mistake(
            _rate_once,
            "The gradient misses a factor rate²: ∂r/∂x = (1, −2, 1) · rate² / σ.",
        ),
        Mistake(
            _sigma_once,
            "The gradient misses a factor 1 / σ: ∂r/∂x = (1, −2, 1) · rate² / σ.",
        ),
        Mistake(
            _velocity_rate,
            "You multiply by rate. An acceleration is per second twice: rate².",
        ),
        Mistake(
            _rate_doubled,
            "rate * 2 is not rate²: write rate**2.",
        ),
        Mistake(
            _rate_divided,
            "You divide by rate². The time between two frames is 1 / rate, so the acceleration is "
            "the second difference times rate².",
        ),
        Mistake(
            _rate_forgotten,
            "The rate is not used: a second difference is only an acceleration times rate².",
        ),
        Mistake(
            _sigma_forgotten,
            "σ is not used: divide the acceleration by it, so that residuals of all kinds can be "
            "added.",
        ),
        Mistake(
            _sigma_multiplied,
            "You multiply by σ. A larger σ forgives more: divide.",
        ),
        Mistake(
            _sigma_squared,
            "You divide the residual by σ². It is divided by σ, and its square so by σ².",
        ),
        Mistake(
            _root_of_sigma,
            "You divide the square by σ. The residual is divided by σ before it is squared, so "
            "the square is divided by σ².",
        ),
        *(
            Mistake(
                velocities,
                "You punish velocities, x₍t+1₎ − x₍t₎: the hand would rather not move. Only "
                "changes of velocity cost something: x₍t+1₎ − 2 x₍t₎ + x₍t−1₎.",
            )
            for velocities in (_velocities, _velocities_by_the_squared_rate)
        ),
        *(
            Mistake(
                once,
                "The middle frame stands in your residual with −1. It is x₍t+1₎ − 2 x₍t₎ + x₍t−1₎: "
                "a steady motion must cost nothing.",
            )
            for once in (_middle_once, _middle_once_in_the_loss)
        ),
        Mistake(
            _last_left_out,
            "The last residual is missing. Its middle is the last frame but one: "
            "range(1, frames − 1), which stops before its end.",
        ),
        Mistake(
            _first_left_out,
            "The first residual is missing. Its middle is frame 1, counted from 0.",
        ),
        Mistake(
            _before_the_first,
            "At t = 0 there is no frame before: x[:, t - 1] is x[:, -1], the last one. Begin with "
            "t = 1.",
        ),
        Mistake(
            _coordinates_counted,
            "len(x) is the number of coordinates. That of the frames is x.shape[1].",
        ),
        Mistake(
            _padded,
            "You put zeros before the first frame and after the last one, and punish the jump. "
            "Only frames with two neighbours have a residual.",
        ),
        Mistake(
            _round_the_end,
            "You let the last frame be followed by the first (np.roll goes round). Only frames "
            "with two neighbours have a residual: slices [:, 2:], [:, 1:-1], [:, :-2].",
        ),
        *_means(),
        Mistake(
            _absolute,
            "You add up absolute values. The loss is the sum of squares.",
        ),
        Mistake(
            _added_before_squaring,
            "You add the residuals up and square the sum: jerks to and fro would cancel. First "
            "square, then add up.",
        ),
        Mistake(
            _along_the_coordinates,
            "You take differences between coordinates. The frames are the last axis: x[:, 2:].",
        ),
        Mistake(
            _first_coordinate_alone,
            "Only the first coordinate counts. Take the residuals of all rows: x[:, 2:], not "
            "x[0, 2:].",
        ),
        Mistake(
            _residual_gradient,
            "The gradient has the shape of the residuals. It must have that of x: each of the "
            "three frames of a residual gets its share.",
        ),
        Mistake(
            _exchanged,
            "Loss and gradient come in the wrong order: first the number, then the array.",
        ),
    ),
    hints=(
        "The residuals: r = (x[:, 2:] − 2 x[:, 1:-1] + x[:, :-2]) · rate² / σ.",
        "Each residual is a branch to three frames, with the factors 1, −2 and 1.",
        "grad = np.zeros of x's shape; then grad[:, 2:] += …, grad[:, 1:-1] += −2 · …, and one "
        "more, each with 2 r · rate² / σ.",
    ),
    parts=("loss", "gradient"),
)


# --- rotation_slope -------------------------------------------------------------------------


def rotation_slope(r, p, g):
    """∂(g · R(r) p) / ∂r, `(3,)`, for a rotation vector r, a point p and a g, each `(3,)`."""
    return _slope(r, p, g)


def _slope(r, p, g, *, turn=1.0, fade=1.0, bend=1.0, sides=(1.0, 1.0), grow=1.0):
    """The slope with a factor for each of its terms.

    y = cos θ p + a r × p + b r (r·p) with a = sin θ / θ and b = (1 − cos θ) / θ²; a sum over
    the terms of ∂(g·y)/∂r: `turn` that of r × p, `fade` of cos θ, `bend` of a, `sides` of the
    two r beside b, `grow` of b.
    """
    r, p, g = (np.asarray(v, dtype=float) for v in (r, p, g))
    theta = np.sqrt(r @ r)
    a, b = _sine_over(theta), _sine_over(theta / 2) ** 2 / 2
    if theta < 1e-3:
        by_a, by_b = -1 / 3, -1 / 12  # their next terms are θ²/30 and θ²/180, and r r comes on top
    else:
        by_a, by_b = (np.cos(theta) - a) / theta**2, (a - 2 * b) / theta**2
    slope = turn * a * np.cross(p, g) - fade * a * (g @ p) * r
    slope = slope + bend * by_a * (g @ np.cross(r, p)) * r
    slope = slope + b * (sides[0] * (r @ p) * g + sides[1] * (g @ r) * p)
    return slope + grow * by_b * (g @ r) * (r @ p) * r


def _sine_over(theta):
    return float(np.sinc(theta / np.pi))


_AT_ZERO = {
    "zero": lambda p, g: np.zeros(3),
    "nan": lambda p, g: np.full(3, np.nan),
    "the_other_way": lambda p, g: np.cross(g, p),
    "the_point": lambda p, g: np.array(p, dtype=float),
    "right": lambda p, g: np.cross(p, g),
}


def _at_zero(what, *, name=None, **factors):
    """A slope with its own answer at r = 0 and, elsewhere, these factors of its terms."""

    def slope(r, p, g):
        return _slope(r, p, g, **factors) if np.any(r) else _AT_ZERO[what](p, g)

    slope.__name__ = name or "_".join(["_at_zero", what, *factors])
    return slope


def _sine_held_constant(r, p, g):
    return _slope(r, p, g, bend=0)


def _divided_once(r, p, g):
    return _slope(r, p, g, bend=np.sqrt(np.dot(r, r)))


def _not_divided(r, p, g):
    return _slope(r, p, g, bend=np.dot(r, r))


def _bend_without_r(r, p, g):
    slope, by_a = _without_bend(r, p, g)
    return slope + by_a * (g @ np.cross(r, p))


def _bend_by_elements(r, p, g):
    slope, by_a = _without_bend(r, p, g)
    return slope + by_a * np.cross(r, p) * r


def _without_bend(r, p, g):
    """The slope without its term of a, and (cos θ − a) / θ²; at r = 0 the latter is of no use."""
    theta = np.linalg.norm(r)
    by_a = (np.cos(theta) - _sine_over(theta)) / (theta or 1.0) ** 2
    return _slope(r, p, g, bend=0), by_a


def _sine_shrinks(r, p, g):
    return _slope(r, p, g, bend=-1)


def _by_quotients(r, p, g, theta, sine):
    """The slope as the exercise has it, which divides by θ."""
    a, b = sine / theta, (1 - np.cos(theta)) / theta**2
    by_a, by_b = (np.cos(theta) - a) / theta**2, (a - 2 * b) / theta**2
    slope = a * np.cross(p, g) - a * (g @ p) * r + by_a * (g @ np.cross(r, p)) * r
    return slope + b * ((r @ p) * g + (g @ r) * p) + by_b * (g @ r) * (r @ p) * r


def _with_angle(change, name):
    """A slope for another θ, without a case for r = 0."""

    def slope(r, p, g):
        theta = change(np.linalg.norm(r))
        return _by_quotients(r, p, g, theta, np.sin(theta))

    slope.__name__ = name
    return slope


def _added_to_the_angle(eps):
    return _with_angle(lambda theta: theta + eps, f"_{eps:.0e}_added_to_the_angle")


def _angle_at_least(limit):
    return _with_angle(lambda theta: max(theta, limit), f"_angle_at_least_{limit:.0e}")


def _small_below(limit):
    """p × g for every angle below the limit."""

    def slope(r, p, g):
        return _slope(r, p, g) if np.linalg.norm(r) >= limit else _small_angle(r, p, g)

    slope.__name__ = f"_small_below_{limit:.0e}"
    return slope


def _sine_never_negative(r, p, g):
    if not np.any(r):
        return np.cross(p, g)
    theta = np.linalg.norm(r)
    return _by_quotients(r, p, g, theta, np.sqrt(1 - np.cos(theta) ** 2))


def _cosine_held_constant(r, p, g):
    return _slope(r, p, g, fade=0)


def _cosine_grows(r, p, g):
    return _slope(r, p, g, fade=-1)


def _outer_held_constant(r, p, g):
    return _slope(r, p, g, grow=0)


def _outer_shrinks(r, p, g):
    return _slope(r, p, g, grow=-1)


def _all_held_constant(r, p, g):
    return _slope(r, p, g, fade=0, bend=0, grow=0)


def _one_side(r, p, g):
    return _slope(r, p, g, sides=(1, 0))


def _other_side(r, p, g):
    return _slope(r, p, g, sides=(0, 1))


def _one_side_twice(r, p, g):
    return _slope(r, p, g, sides=(2, 0))


def _other_side_twice(r, p, g):
    return _slope(r, p, g, sides=(0, 2))


def _sides_held_constant(r, p, g):
    return _slope(r, p, g, sides=(0, 0))


def _small_angle(r, p, g):
    return np.cross(p, g).astype(float)


def _inverse_rotation(r, p, g):
    return -_slope(-np.asarray(r), p, g)


def _by_the_point(r, p, g):
    """Rᵀ g."""
    r, p, g = (np.asarray(v, dtype=float) for v in (r, p, g))
    theta = np.sqrt(r @ r)
    b = _sine_over(theta / 2) ** 2 / 2
    return np.cos(theta) * g - _sine_over(theta) * np.cross(r, g) + b * r * (r @ g)


def _turned_on(r, p, g):
    """By a small turn after R: (R p) × g."""
    return np.cross(_by_the_point(-np.asarray(r), g, p), g)


def _turned_before(r, p, g):
    """By a small turn before R: p × (Rᵀ g)."""
    return np.cross(p, _by_the_point(r, p, g))


def _per_degree(r, p, g):
    return np.deg2rad(_slope(r, p, g))


_P, _G = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
_OTHER_P, _OTHER_G = np.array([0.3, -1.2, 0.7]), np.array([2.0, 0.4, -1.1])
_AXIS = np.array([1.0, -2.0, 2.0]) / 3
# g nearly along R p: beside its value g · R p = 3e5 the slope is small, about 100
_LONG_R, _LONG_P = np.array([0.5, -1.0, 1.0]), np.array([300.0, 400.0, 200.0])
_LONG_G = np.array([-388.0, 183.0, 326.0])

rotation_slope = Exercise(
    rotation_slope,
    cases=(
        case(np.zeros(3), _P, _G),
        case(np.array([0.0, 0.0, 1.0]), _P, _G),
        case(np.zeros(3), _OTHER_P, _OTHER_G),
        case(0.7 * _AXIS, _OTHER_P, _OTHER_G),
        case(np.array([0.4, 0.1, -1.3]), _OTHER_P, _OTHER_G),
        case(np.pi * _AXIS, _OTHER_P, _OTHER_G),
        case(7.0 * _AXIS, _OTHER_P, _OTHER_G),
        case(4.5 * _AXIS, _OTHER_P, _OTHER_G),
        case(np.array([0.01, -0.02, 0.01]), _OTHER_P, _OTHER_G),
        case(0.003 * _AXIS, _OTHER_P, _OTHER_G),
        case(7e-6 * _AXIS, _OTHER_P, _OTHER_G),
        case(_LONG_R, _LONG_P, _LONG_G),
        case(np.zeros(3), _LONG_P, _LONG_P + np.array([0, 1, -1])),
        case(np.array([1, 0, -2]), np.array([0, 3, 1]), np.array([2, -1, 1])),
        case(np.array([0, 0, 0]), np.array([0, 3, 1]), np.array([2, -1, 1])),
    ),
    mistakes=(
        Mistake(
            _at_zero("zero", name="_both_bugs", bend=0),
            "Both bugs are still there: one at r = 0, and one everywhere else. Compare each "
            "line with the derivative of the formula above.",
        ),
        *(
            Mistake(
                _at_zero(what, bend=0),
                "Both places are still wrong. At r = 0 the slope is p × g. Elsewhere one term is "
                "missing: a = sin θ / θ changes with r, too.",
            )
            for what in ("nan", "the_other_way", "the_point")
        ),
        Mistake(
            _at_zero("zero", bend=-1),
            "At r = 0 the slope is still 0, and not p × g. Elsewhere the slope of a = sin θ / θ "
            "has the wrong sign: (cos θ − a) / θ² · r.",
        ),
        Mistake(
            _at_zero("zero"),
            "At r = 0 the slope is still 0. R p = p + r × p + … there, so g · R p changes by "
            "g · (r × p) = r · (p × g).",
        ),
        Mistake(
            _sine_held_constant,
            "At r = 0 it is right, elsewhere one term is missing: a = sin θ / θ changes with r, "
            "too. Its slope, (cos θ − a) / θ² · r, is multiplied by g · (r × p).",
        ),
        Mistake(
            _divided_once,
            "The slope of a = sin θ / θ is divided by θ only once. ∂a/∂θ is (cos θ − a) / θ, and "
            "∂θ/∂r is r / θ: θ² in all.",
        ),
        Mistake(
            _not_divided,
            "The slope of a = sin θ / θ is not divided. ∂a/∂θ is (cos θ − a) / θ, and ∂θ/∂r is "
            "r / θ: by θ² in all.",
        ),
        Mistake(
            _bend_without_r,
            "The slope of a = sin θ / θ is a vector, (cos θ − a) / θ² · r. Without r you add one "
            "number to all three slopes.",
        ),
        Mistake(
            _bend_by_elements,
            "The slope of a = sin θ / θ is multiplied by one number, g · (r × p), and not by the "
            "three of r × p: write g @ np.cross(r, p).",
        ),
        Mistake(
            _sine_shrinks,
            "The slope of a = sin θ / θ has the wrong sign: (cos θ − a) / θ² · r.",
        ),
        *(
            Mistake(
                _added_to_the_angle(eps),
                f"You add {eps:.0e} to θ so as not to divide by 0. Then the slopes are off by "
                "about that. Treat r = 0 on its own: the slope is p × g there.",
            )
            for eps in (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8)
        ),
        *(
            Mistake(
                _angle_at_least(limit),
                f"You take at least {limit:g} for θ, so that the slopes of smaller rotations are "
                "off. Treat r = 0 on its own: the slope is p × g there.",
            )
            for limit in (0.1, 0.01, 1e-3, 1e-4)
        ),
        *(
            Mistake(
                _small_below(limit),
                "You return p × g for small r, too. It is the slope at r = 0, and beside it off by "
                "about θ / 2. The formula is good down to θ = 1e-7.",
            )
            for limit in (1e-4, 0.01, 0.1, 1)
        ),
        Mistake(
            _at_zero("nan"),
            "At r = 0 you divide 0 by 0. What the terms tend to there needs no division: only "
            "p × g is left.",
        ),
        Mistake(
            _at_zero("the_other_way"),
            "At r = 0 the sign is wrong: g · (r × p) is r · (p × g), not r · (g × p).",
        ),
        Mistake(
            _at_zero("the_point"),
            "At r = 0 you return p, which is the rotated point and not a slope: p × g.",
        ),
        Mistake(
            _at_zero("right", turn=-1),
            "The term with the cross product has the wrong sign: g · (r × p) = r · (p × g).",
        ),
        Mistake(
            _at_zero("right", turn=0),
            "The slope of r × p is missing away from r = 0: g · (r × p) = r · (p × g), times a.",
        ),
        Mistake(
            _cosine_held_constant,
            "cos θ is held constant: its slope is −sin θ / θ · r, times g · p.",
        ),
        Mistake(
            _cosine_grows,
            "The slope of cos θ has the wrong sign: −sin θ / θ · r.",
        ),
        Mistake(
            _sine_never_negative,
            "Between π and 2 π the sine is negative. √(1 − cos² θ) never is: take np.sin(θ).",
        ),
        Mistake(
            _outer_held_constant,
            "b = (1 − cos θ) / θ² is held constant: its slope is (a − 2 b) / θ² · r.",
        ),
        Mistake(
            _outer_shrinks,
            "The slope of b = (1 − cos θ) / θ² has the wrong sign: (a − 2 b) / θ² · r.",
        ),
        Mistake(
            _all_held_constant,
            "θ itself is held constant: cos θ, a and b all change with r. Each needs its slope.",
        ),
        Mistake(
            _one_side,
            "r stands twice in b r (r · p), so the product rule gives two terms: (r · p) g, which "
            "you have, and (g · r) p.",
        ),
        Mistake(
            _other_side,
            "r stands twice in b r (r · p), so the product rule gives two terms: (g · r) p, which "
            "you have, and (r · p) g.",
        ),
        *(
            Mistake(
                twice,
                "r stands twice in b r (r · p), and the product rule gives two different terms: "
                "(r · p) g and (g · r) p. You have one of them twice.",
            )
            for twice in (_one_side_twice, _other_side_twice)
        ),
        Mistake(
            _sides_held_constant,
            "r stands twice in b r (r · p), and you hold both constant: (r · p) g and (g · r) p, "
            "times b, are missing.",
        ),
        Mistake(
            _small_angle,
            "p × g is the slope at r = 0. Away from there it holds for small angles only.",
        ),
        Mistake(
            _inverse_rotation,
            "This is the slope for g and p exchanged, which is that of the rotation back, R(−r): "
            "p is what is rotated, g what the result is multiplied with.",
        ),
        Mistake(
            _by_the_point,
            "This is Rᵀ g, the gradient by the point p. Asked for is that by the rotation r.",
        ),
        *(
            Mistake(
                other,
                "This is the slope by a small turn besides R(r), as with angular velocities. Asked "
                "for is that by the three numbers of r itself, as the formula has them.",
            )
            for other in (_turned_on, _turned_before)
        ),
        Mistake(
            _per_degree,
            "This is the slope per degree. r is in radians: no factor π / 180.",
        ),
    ),
    hints=(
        "check_gradient(lambda r: g @ rotate(r, p), slope, r) tells at which r it is wrong; try 0 "
        "and another.",
        "Write down g · R p as three terms, and the derivative of each: cos θ, a, r × p, b and "
        "both r must all appear.",
        "At 0: R p = p + r × p + terms with two r. Elsewhere: one of cos θ, a, b is treated as a "
        "constant.",
    ),
)
