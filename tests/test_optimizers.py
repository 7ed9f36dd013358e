"""The seven rules: against other people's points, and against whatever they may be given."""

import dataclasses
import importlib
import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest

from coursekit import optimizers, schedules
from coursekit.descent import minimize, rate_at
from coursekit.landscapes import himmelblau
from coursekit.optimizers import (
    AdaDelta,
    AdaGrad,
    Adam,
    GradientDescent,
    Momentum,
    Nesterov,
    RMSprop,
)
from coursekit.schedules import cosine, inverse_time_decay

GOLDEN = json.loads(
    (Path(__file__).parent / "golden" / "optimizers.json").read_text(encoding="utf-8")
)
RULES = (GradientDescent, Momentum, Nesterov, AdaGrad, RMSprop, AdaDelta, Adam)
TOLERANCE = 1e-12

VARIANTS = (
    GradientDescent(0.1),
    GradientDescent(0.1, weight_decay=0.02),
    *(
        rule(0.1, beta=beta, **others)
        for rule in (Momentum, Nesterov)
        for beta in (0.0, 0.9, 1.0)
        for others in ({}, {"weight_decay": 0.02}, {"lr_inside": True})
    ),
    *(
        Momentum(0.1, lr_inside=inside, **others)
        for inside in (False, True)
        for others in ({"average": True}, {"dampening": 0.3}, {"dampening": 1.0})
    ),
    Nesterov(0.1, look_ahead=True),
    Nesterov(cosine(0.1, steps=500), look_ahead=True, lr_inside=True, weight_decay=0.02),
    AdaGrad(0.1),
    AdaGrad(0.1, eps=1e-7, initial=0.1, eps_inside=True),
    AdaGrad(inverse_time_decay(0.1, decay=0.01), weight_decay=0.02),
    *(
        RMSprop(0.1, eps_inside=inside, centered=centered, momentum=momentum, **others)
        for inside in (False, True)
        for centered in (False, True)
        for momentum in (0.0, 0.9)
        for others in (
            {},
            {"bias_correction": True, "lr_inside": True},
            {"initial": 0.1, "beta": 0.0},
            {"weight_decay": 0.02},
        )
    ),
    AdaDelta(),
    AdaDelta(0.1, rho=0.0, weight_decay=0.02),
    AdaDelta(cosine(1.0, steps=500)),
    *(
        Adam(0.1, amsgrad=amsgrad, **others)
        for amsgrad in (False, True)
        for others in (
            {},
            {"weight_decay": 0.02},
            {"weight_decay": 0.02, "decoupled": True},
            {"bias_correction": False},
            {"bias_correction": "constant"},
            {"square_root": False},
            {"eps_hat": True, "eps": 1e-7},
            {"eps_root": 1e-4},
            {"nesterov": True},
            {"nesterov": True, "momentum_decay": math.inf, "eps_hat": True},
            {"beta1": 0.0, "beta2": 0.0},
        )
    ),
)
each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
each = pytest.mark.parametrize("optimizer", VARIANTS, ids=repr)


def arrays_of(state):
    return [part for part in state if isinstance(part, np.ndarray | np.generic)]


def walk(optimizer, x, gradients, state=None):
    """The points after each of the gradients, and the last state."""
    state, points = optimizer.init(x) if state is None else state, []
    for grad in gradients:
        x, state = optimizer.step(x, grad, state)
        points.append(x)
    return np.array(points), state


# --- other people's points ------------------------------------------------------------------


def the_optimizer(run):
    """The rule of a golden run."""
    arguments = {name: math.inf if a == "inf" else a for name, a in run["arguments"].items()}
    if isinstance(arguments["lr"], dict):
        schedule = getattr(schedules, arguments["lr"]["schedule"])
        arguments["lr"] = schedule(**arguments["lr"]["arguments"])
    return getattr(optimizers, run["rule"])(**arguments)


def golden_id(run):
    return f"{the_optimizer(run)!r} is {run['source']}"


def our_path(optimizer, gradients, start, quadratic=""):
    """Where the optimizer goes with given gradients, or on the golden quadratic; its states."""
    x, points, states = np.array(start), [], []
    state, curvatures = optimizer.init(x), np.array(GOLDEN["curvatures"])
    for grad in np.array(gradients):
        if quadratic:
            grad = curvatures * getattr(optimizer, "look", lambda x, state: x)(x, state)
        x, state = optimizer.step(x, grad, state)
        points.append(optimizer.look(x, state) if quadratic == "look" else x)
        states.append(state)
    return np.array(points), states


def error(points, expected, start):
    """The largest difference in any coordinate, as a share of its largest |x| on the path.

    Not of each |x|: where a path crosses zero, rounding alone is a large share of x.
    """
    points, expected = np.asarray(points, dtype=float), np.asarray(expected)
    if points.shape != expected.shape:
        return math.inf
    size = np.maximum(np.abs(expected).max(axis=0), np.abs(start))
    with np.errstate(all="ignore"):
        share = np.abs(points - expected).max(axis=0) / np.where(size > 0, size, 1)
    return math.inf if np.isnan(share).any() else float(share.max())


@pytest.mark.parametrize("run", GOLDEN["runs"], ids=golden_id)
def test_two_hundred_steps_end_where_other_libraries_end(run):
    """PyTorch's, Optax's or 50 digits' points, to twelve digits at nine of 200 steps.

    What the libraries remember there is what our states hold.
    """
    start, kept = GOLDEN["start"], np.array(GOLDEN["kept"]) - 1
    quadratic = run.get("quadratic", "")
    points, states = our_path(the_optimizer(run), GOLDEN["gradients"], start, quadratic)
    assert error(points[kept], run["points"], start) < TOLERANCE
    for name, theirs in run["states"].items():
        ours = [getattr(states[i], name) for i in kept]
        assert error(ours, theirs, 0) < TOLERANCE, name


@pytest.mark.parametrize("rule", RULES[1:], ids=lambda rule: rule.__name__)
def test_every_argument_has_an_oracle(rule):
    """Each argument of each rule is something other than its default in some golden run."""
    ours = [the_optimizer(run) for run in GOLDEN["runs"] if run["rule"] == rule.__name__]
    for field in dataclasses.fields(rule):
        assert any(getattr(o, field.name) != field.default for o in ours), field.name


# --- known mistakes -------------------------------------------------------------------------
# For the function of each exercise: the rule, what is remembered, in order, and the numbers.

EXERCISES = {
    "momentum": ("Momentum", "v", ("lr", "beta")),
    "nesterov": ("Nesterov", "v", ("lr", "beta")),
    "adagrad": ("AdaGrad", "s", ("lr", "eps")),
    "rmsprop": ("RMSprop", "v", ("lr", "beta", "eps")),
    "adadelta": ("AdaDelta", "vu", ("lr", "rho", "eps")),
    "adam": ("Adam", "mv", ("lr", "beta1", "beta2", "eps")),
}


def exercise_of(stem):
    return getattr(importlib.import_module(f"coursekit.checks.{stem}"), f"{stem}_step")


def plain_runs(stem, forms):
    """The golden runs of a rule without options, but for `forms`."""
    rule, _, names = EXERCISES[stem]
    return [
        run
        for run in GOLDEN["runs"]
        if run["rule"] == rule
        and not run.get("quadratic")
        and set(run["arguments"]) - set(forms) <= set(names)
        and all(run["arguments"].get(name) == value for name, value in forms.items())
    ]


def function_error(function, stem, run):
    """How far an exercise's function comes from a golden run, in its points and its memory."""
    try:
        with np.errstate(all="ignore"):
            points, memory = function_path(function, stem, run)
    except Exception:  # whatever a wrong function does
        return math.inf
    errors = [error(points, run["points"], GOLDEN["start"])]
    for name, values in zip(EXERCISES[stem][1], memory, strict=True):
        if name in run["states"]:
            errors.append(error(values, run["states"][name], 0))
    return max(errors)


def function_path(function, stem, run):
    _, remembered, names = EXERCISES[stem]
    rule, x = the_optimizer(run), np.array(GOLDEN["start"])
    state = [np.full_like(x, getattr(rule, "initial", 0.0)) for _ in remembered]
    points, memory = [], [[] for _ in remembered]
    for t, grad in enumerate(GOLDEN["gradients"]):
        count = (t + 1,) if stem == "adam" else ()
        numbers = {name: getattr(rule, name) for name in names} | {"lr": rate_at(rule.lr, t)}
        given = [np.array(array, dtype=float) for array in (x, grad, *state)]
        for array in given:
            array.flags.writeable = False  # who works in place, fails
        x, *state = function(*given, *count, **numbers)
        if t + 1 in GOLDEN["kept"]:
            points.append(np.array(x, dtype=float))
            for values, part in zip(memory, state, strict=True):
                values.append(np.array(part, dtype=float))
    return points, memory


@pytest.mark.parametrize("stem", EXERCISES)
def test_the_oracle_knows_every_known_mistake(stem):
    """The exercise's own step passes the golden runs of its form, every wrong version fails."""
    exercise = exercise_of(stem)
    forms = ({}, {"eps_inside": True}, {"eps_inside": True, "initial": 0.1})
    passed = [
        run
        for form in forms
        for run in plain_runs(stem, form)
        if function_error(exercise.reference, stem, run) < TOLERANCE
    ]
    assert passed
    for run in passed:  # of one form: an exercise does not keep ε inside and outside at once
        assert run["arguments"].get("eps_inside") == passed[0]["arguments"].get("eps_inside")
    assert len(exercise.mistakes) >= 12
    for mistake in exercise.mistakes:
        errors = [function_error(mistake.function, stem, run) for run in passed]
        assert max(errors) > 1e3 * TOLERANCE, mistake.name


# --- what a step may be given ---------------------------------------------------------------


@each
@pytest.mark.parametrize("shape", [(), (1,), (3,), (3, 2), (3, 2, 4)], ids=str)
def test_points_of_every_shape(optimizer, shape):
    """x and what is remembered keep the shape of x and are float64; float32 gives the same."""
    rng = np.random.default_rng(0)
    x, gradients = rng.normal(size=shape), rng.normal(size=(4, *shape))
    points, state = walk(optimizer, x, gradients)
    assert points.shape == (4, *shape)
    assert points.dtype == np.float64
    assert np.isfinite(points).all()
    assert state.t == 4
    for part in arrays_of(state):
        assert np.shape(part) == shape
        assert part.dtype == np.float64
    narrow, _ = walk(optimizer, x.astype(np.float32), gradients.astype(np.float32))
    assert narrow.dtype == np.float64
    wide, _ = walk(optimizer, *(a.astype(np.float32).astype(float) for a in (x, gradients)))
    assert narrow.tobytes() == wide.tobytes()


@each
def test_lists_and_integers(optimizer):
    """They are turned into floats; nothing is truncated."""
    as_floats, _ = walk(optimizer, np.array([1.0, -2.0, 0.0]), [np.array([3.0, 4.0, -5.0])] * 5)
    for kind in (list, np.array, tuple):
        points, _ = walk(optimizer, kind([1, -2, 0]), [kind([3, 4, -5])] * 5)
        assert points.tobytes() == as_floats.tobytes()


@each
def test_nothing_is_modified_and_nothing_shared(optimizer):
    """Read-only arrays will do, and what comes back has memory of its own."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=5)
    state = optimizer.init(x)
    assert len({id(part) for part in arrays_of(state)}) == len(arrays_of(state))
    for grad in [*rng.normal(size=(4, 5)), np.zeros(5)]:
        before = [a.tobytes() for a in (x, grad, *arrays_of(state))]
        for array in (x, grad, *arrays_of(state)):
            array.flags.writeable = False
        new, new_state = optimizer.step(x, grad, state)
        again, same_state = optimizer.step(x, grad, state)
        assert new.tobytes() == again.tobytes()
        assert repr(new_state) == repr(same_state)
        assert [a.tobytes() for a in (x, grad, *arrays_of(state))] == before
        for old in (x, grad, *arrays_of(state)):
            assert not np.shares_memory(new, old)
        for name, part in new_state._asdict().items():
            if not isinstance(part, np.ndarray):
                continue
            assert not np.shares_memory(part, x)
            assert not np.shares_memory(part, grad)
            assert not np.shares_memory(part, new)
            unused = isinstance(optimizer, RMSprop) and name in "mb"  # then handed on
            assert unused or not np.shares_memory(part, getattr(state, name))
        assert new_state.t == state.t + 1
        x, state = new, new_state


@each
def test_states_print(optimizer):
    """A state shows its kind, the steps taken, and the numbers."""
    x = np.array([1.0, 2.0])
    _, state = walk(optimizer, x, [np.array([0.5, -0.25])] * 2)
    assert repr(state).startswith(f"{type(optimizer).__name__}State(t=2")
    assert type(optimizer.init(x)).__name__ in optimizers.__all__


@each
def test_a_coordinate_in_company_takes_the_steps_it_takes_alone(optimizer):
    """Bit for bit, in any company and order of memory; a number without axes to 1e-13."""
    rng = np.random.default_rng(2)
    x, gradients = rng.normal(size=(67, 3)), rng.normal(size=(30, 67, 3)) ** 3
    together, _ = walk(optimizer, x, gradients)
    transposed, _ = walk(optimizer, np.asfortranarray(x), [np.asfortranarray(g) for g in gradients])
    assert transposed.tobytes() == together.tobytes()
    for i, j in ((0, 0), (13, 1), (66, 2)):
        alone, _ = walk(optimizer, x[i, j : j + 1], gradients[:, i, j : j + 1])
        assert alone.tobytes() == together[:, i, j].tobytes()
        # NumPy squares single numbers with pow, which rounds one in a thousand otherwise
        bare, _ = walk(optimizer, x[i, j], gradients[:, i, j])
        np.testing.assert_allclose(bare, together[:, i, j], rtol=1e-11, atol=1e-13)


@each
def test_its_text_is_the_call_that_makes_it(optimizer):
    """Copied from a printed line, it makes an equal optimizer."""
    copy = eval(repr(optimizer), {**vars(optimizers), **vars(schedules), "inf": math.inf})
    assert repr(copy) == repr(optimizer)
    for field in dataclasses.fields(optimizer):
        if not callable(getattr(optimizer, field.name)):
            assert getattr(copy, field.name) == getattr(optimizer, field.name)
    if not callable(optimizer.lr):
        assert copy == optimizer
        assert hash(copy) == hash(optimizer)


@each_rule
def test_its_text_says_every_argument(rule):
    """No argument is left out of the text when it is not the default."""
    for name, value in others_than_defaults(rule).items():
        assert f"{name}={value!r}" in repr(rule(**{name: value}))


def others_than_defaults(rule):
    """For each argument of the rule a valid value that is not the default."""
    return {
        field.name: {bool: not field.default, float: 0.5}.get(type(field.default), 0.5)
        for field in dataclasses.fields(rule)
        if field.name != "bias_correction" or not isinstance(field.default, str)
    }


# --- zeros, tiny and huge gradients ---------------------------------------------------------
# Warnings are errors here.


@each
def test_no_gradient_no_step(optimizer):
    """A thousand gradients of zero: x stays to the last bit, or decays, and stays a number."""
    x = np.array([3.0, -1e-300, 0.0, 1e150])
    with np.errstate(all="raise", under="ignore"):
        points, _ = walk(optimizer, x, np.zeros((1000, 4)))
    assert np.isfinite(points).all()
    if not optimizer.weight_decay:
        assert (points == x).all()


@each
def test_gradients_of_any_size(optimizer):
    """A thousand of them: no warning, and NaN only where the rule itself makes it."""
    t, sizes = np.arange(1000), [5e-324, 1e-310, 1e-300, 1e-160, 1e160, 1e300]
    patterns = [
        np.ones(1000),
        (-1.0) ** t,
        np.where(t % 3 == 0, 0.0, (-1.0) ** t),
        np.where(t == 7, 1.0, 0.0),
        np.where(t % 2 == 0, 1.0, 1e-3),
        np.where(t > 990, -1.0, 0.0),
    ]
    gradients = np.multiply.outer(np.transpose(patterns), sizes)
    points, _ = walk(optimizer, np.ones(gradients.shape[1:]), gradients)
    sound = np.isfinite(points).all(axis=0)
    assert sound[:, :4].all()
    if undefined_after_overflow(optimizer):
        assert np.isnan(points[-1, :, 4:]).all()
    else:
        assert sound.all()


def undefined_after_overflow(optimizer):
    """From 1e154 on g² is ∞. The centered rule then has ∞ − ∞, and where nothing is remembered
    0 · ∞. The live tests show where PyTorch's points are NaN, too."""
    forgets = {"RMSprop": "beta", "AdaDelta": "rho", "Adam": "beta2"}.get(type(optimizer).__name__)
    forgetful = forgets is not None and getattr(optimizer, forgets) == 0
    return forgetful or getattr(optimizer, "centered", False)


@each
@pytest.mark.parametrize("minimum", himmelblau.minima, ids=str)
def test_a_thousand_steps_at_a_minimum(optimizer, minimum):
    """At (3, 2) the gradient is zero; elsewhere rounding is all that is left of it."""
    path = minimize(himmelblau, minimum, optimizer, steps=1000)
    assert np.isfinite(path.x).all()
    if minimum == (3.0, 2.0) and not optimizer.weight_decay:
        assert path.stopped == "steps"
        assert (path.x == minimum).all()


# --- what is refused ------------------------------------------------------------------------

NOT_NUMBERS = ("0.1", None, [0.1, 0.2], 1j, {})
BELOW_ZERO = (-0.1, -1e-300, math.nan, math.inf, -math.inf)
NOT_BELOW_ONE = (1, 1.0, 1.5)
ABOVE_ONE = (1.0000001, 2)
NOT_FLAGS = (1, 0, 0.5, "True", None, [True])
REFUSED = {
    "lr": (*NOT_NUMBERS, *BELOW_ZERO, 0, 0.0),
    "beta": (*NOT_NUMBERS, *BELOW_ZERO, *ABOVE_ONE),
    "dampening": (*NOT_NUMBERS, *BELOW_ZERO, *ABOVE_ONE),
    "momentum": (*NOT_NUMBERS, *BELOW_ZERO, *ABOVE_ONE),
    "rho": (*NOT_NUMBERS, *BELOW_ZERO, *NOT_BELOW_ONE),
    "beta1": (*NOT_NUMBERS, *BELOW_ZERO, *NOT_BELOW_ONE),
    "beta2": (*NOT_NUMBERS, *BELOW_ZERO, *NOT_BELOW_ONE),
    "eps": (*NOT_NUMBERS, *BELOW_ZERO),
    "eps_root": (*NOT_NUMBERS, *BELOW_ZERO),
    "initial": (*NOT_NUMBERS, *BELOW_ZERO),
    "weight_decay": (*NOT_NUMBERS, *BELOW_ZERO),
    "momentum_decay": (*NOT_NUMBERS, -0.1, math.nan, -math.inf),  # ∞ has a meaning
    "bias_correction": (1, 0.5, None, "True", "Constant", ["constant"]),
    ("RMSprop", "beta"): (*NOT_NUMBERS, *BELOW_ZERO, *NOT_BELOW_ONE),
}


def refused_values(rule, field):
    if isinstance(field.default, bool) and field.name != "bias_correction":
        return NOT_FLAGS
    return REFUSED.get((rule.__name__, field.name)) or REFUSED[field.name]


@pytest.mark.parametrize(
    ("rule", "field"),
    [(rule, field) for rule in RULES for field in dataclasses.fields(rule)],
    ids=lambda thing: getattr(thing, "name", getattr(thing, "__name__", None)),
)
def test_bad_hyperparameters(rule, field):
    """Each is refused by a sentence with the rule, the argument and what came.

    The list comes from the dataclass: a new argument without refusals is a KeyError here.
    """
    for value in refused_values(rule, field):
        with pytest.raises((ValueError, TypeError)) as refusal:
            rule(**{field.name: value})
        words = str(refusal.value)
        assert words.startswith(f"{rule.__name__}: {field.name} must be"), words
        came = "an array of shape (2,)" if value == [0.1, 0.2] else repr(value)
        assert f"got {came}" in words, words


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Momentum(beta=1.0, average=True), "Momentum: beta must be < 1 for an average"),
        (
            lambda: Momentum(average=True, dampening=0.5),
            r"Momentum: average and dampening .* got average=True and dampening=0.5",
        ),
        (
            lambda: Adam(nesterov=True, bias_correction=False),
            "Adam: nesterov=True needs bias_correction=True, got bias_correction=False",
        ),
        (
            lambda: Adam(nesterov=True, bias_correction="constant"),
            "Adam: nesterov=True needs bias_correction=True, got bias_correction='constant'",
        ),
    ],
)
def test_arguments_that_exclude_each_other(make, words):
    with pytest.raises(ValueError, match=words):
        make()


@each_rule
def test_unknown_arguments(rule):
    """A typo is not swallowed."""
    with pytest.raises(TypeError, match="unexpected keyword argument 'weigth_decay'"):
        rule(weigth_decay=0.1)


@each_rule
def test_arrays_that_do_not_fit(rule):
    """x, gradient and state have one shape, or a sentence says which have not."""
    optimizer, name = rule(0.1), rule.__name__
    x = np.zeros(3)
    for shape in ((), (1,), (2,), (3, 1), (1, 3)):
        with pytest.raises(ValueError, match=rf"{name}.step needs a gradient shaped like x, \(3,"):
            optimizer.step(x, np.zeros(shape), optimizer.init(x))
        if arrays_of(optimizer.init(x)):
            with pytest.raises(ValueError, match=rf"{name}.step needs a state made for x of shape"):
                optimizer.step(x, x, optimizer.init(np.zeros(shape)))
    for bad in ("abc", None, 1j * x, [[1, 2], [3]]):
        with pytest.raises(TypeError, match=f"{name}.step: x must be"):
            optimizer.step(bad, x, optimizer.init(x))
        with pytest.raises(TypeError, match=f"{name}.step: grad must be"):
            optimizer.step(x, bad, optimizer.init(x))


# --- schedules ------------------------------------------------------------------------------


@each
def test_the_rate_of_each_step_is_asked_once(optimizer):
    """With 0, 1, 2 …, and a constant schedule is the constant."""
    asked = []

    def lr(t):
        asked.append(t)
        return 0.05

    x, gradients = np.array([1.0, -2.0]), np.random.default_rng(3).normal(size=(6, 2))
    scheduled, _ = walk(dataclasses.replace(optimizer, lr=lr), x, gradients)
    assert asked == [0, 1, 2, 3, 4, 5]
    assert all(type(t) is int for t in asked)
    constant, _ = walk(dataclasses.replace(optimizer, lr=0.05), x, gradients)
    assert scheduled.tobytes() == constant.tobytes()
    falling, _ = walk(dataclasses.replace(optimizer, lr=cosine(0.05, steps=6)), x, gradients)
    if getattr(optimizer, "dampening", 0) < 1:  # else the first step's rate alone may count
        assert falling.tobytes() != constant.tobytes()


@each_rule
@pytest.mark.parametrize("rate", [-1e-3, math.nan, math.inf, "fast", None])
def test_a_schedule_must_give_rates(rule, rate):
    """A bad rate is named with the step at which it came."""
    optimizer = rule(lambda t: 0.1 if t < 2 else rate)
    with pytest.raises((ValueError, TypeError), match=r"the rate of .* at step 2 must be"):
        walk(optimizer, np.ones(2), np.ones((4, 2)))


@each_rule
def test_a_rate_of_zero_stands_still(rule):
    """A schedule may end at 0; the state goes on."""
    points, state = walk(rule(lambda t: 0.1 * (t < 3)), np.ones(2), np.ones((6, 2)))
    inside = [("lr_inside", True)] if "lr_inside" in rule.__dataclass_fields__ else []
    assert (points[3:] == points[2]).all()
    assert state.t == 6
    for name, value in inside:
        if rule is not RMSprop:  # there the velocity runs on
            more, _ = walk(
                rule(lambda t: 0.1 * (t < 3), **{name: value}), np.ones(2), np.ones((6, 2))
            )
            assert (np.diff(more[2:], axis=0) < 0).all()


def test_the_defaults():
    """PyTorch's, with its usual momentum of 0.9; every option off."""
    numbers = {
        rule.__name__: {f.name: f.default for f in dataclasses.fields(rule) if f.default}
        for rule in RULES
    }
    assert numbers == {
        "GradientDescent": {"lr": 1e-3},
        "Momentum": {"lr": 1e-3, "beta": 0.9},
        "Nesterov": {"lr": 1e-3, "beta": 0.9},
        "AdaGrad": {"lr": 1e-2, "eps": 1e-10},
        "RMSprop": {"lr": 1e-2, "beta": 0.99, "eps": 1e-8},
        "AdaDelta": {"lr": 1.0, "rho": 0.9, "eps": 1e-6},
        "Adam": {
            "lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8,
            "bias_correction": True, "square_root": True, "momentum_decay": 4e-3,
        },
    }  # fmt: skip


def test_the_forms_that_agree():
    """Names for one thing: what the docstrings say is the same is the same."""
    x = np.array([1.0, -2.0, 0.5])
    gradients = np.random.default_rng(4).normal(size=(50, 3))
    pairs = [
        (Momentum(0.1, beta=0.0), GradientDescent(0.1)),
        (Nesterov(0.1, beta=0.0), GradientDescent(0.1)),
        (Momentum(0.1, beta=0.9, average=True), Momentum(0.01, beta=0.9)),
        (Momentum(0.1, lr_inside=True), Momentum(0.1)),
        (Nesterov(0.1, lr_inside=True), Nesterov(0.1)),
        (RMSprop(0.1, beta=0.9, bias_correction=True), Adam(0.1, beta1=0.0, beta2=0.9)),
        (RMSprop(0.1, momentum=0.8, lr_inside=True), RMSprop(0.1, momentum=0.8)),
        (Adam(0.1, eps=0.0, eps_hat=True), Adam(0.1, eps=0.0)),
        (Adam(0.1, decoupled=True), Adam(0.1)),
    ]
    for one, other in pairs:
        np.testing.assert_allclose(
            walk(one, x, gradients)[0], walk(other, x, gradients)[0], rtol=1e-12, atol=1e-13
        )
    differ = [
        Momentum(0.1), Momentum(0.1, dampening=0.9), Momentum(0.1, average=True), Nesterov(0.1),
        AdaGrad(0.1), AdaGrad(0.1, eps=1e-4), AdaGrad(0.1, eps=1e-4, eps_inside=True),
        RMSprop(0.1), RMSprop(0.1, centered=True), RMSprop(0.1, eps=1e-4),
        RMSprop(0.1, eps=1e-4, eps_inside=True), AdaDelta(0.1), Adam(0.1),
        Adam(0.1, nesterov=True), Adam(0.1, amsgrad=True), Adam(0.1, bias_correction=False),
        Adam(0.1, bias_correction="constant"), Adam(0.1, square_root=False),
    ]  # fmt: skip
    ends = [walk(optimizer, x, gradients)[0][-1] for optimizer in differ]
    for (i, one), (j, other) in itertools.combinations(enumerate(ends), 2):
        if {type(differ[i]), type(differ[j])} != {Adam}:  # AMSGrad may not have come into play
            assert np.abs(one - other).max() > 1e-8, (differ[i], differ[j])
