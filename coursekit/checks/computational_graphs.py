"""Chapter 05's exercises: a local gradient, the order backward, and branches that add up."""

import numpy as np

from coursekit.checks import Exercise, Mistake, case
from coursekit.graphs import unbroadcast

# --- divide_backward ------------------------------------------------------------------------


def divide_backward(g, x, y):
    """(∂L/∂x, ∂L/∂y) for the operation x / y, from g = ∂L/∂(x / y); shaped like x and y."""
    g, x, y = _floats(g, x, y)
    return unbroadcast(g / y, x.shape), unbroadcast(-g * x / y**2, y.shape)


def _floats(*arrays):
    return (np.asarray(array, dtype=float) for array in arrays)


def _added_up(g, x, y, for_x, for_y):
    """Two products, each put into the shape of its argument."""
    full = np.ones(np.shape(g))
    return unbroadcast(for_x * full, np.shape(x)), unbroadcast(for_y * full, np.shape(y))


def _not_added_up(g, x, y):
    g, x, y = _floats(g, x, y)
    return g / y, -g * x / y**2


def _only_y_added_up(g, x, y):
    return _not_added_up(g, x, y)[0], divide_backward.reference(g, x, y)[1]


def _only_x_added_up(g, x, y):
    return divide_backward.reference(g, x, y)[0], _not_added_up(g, x, y)[1]


def _averaged(g, x, y):
    for_x, for_y = divide_backward.reference(g, x, y)
    return for_x * for_x.size / np.size(g), for_y * for_y.size / np.size(g)


def _length_one_axes_kept(g, x, y):
    g, x, y = _floats(g, x, y)

    def in_front(a, like):
        return a.sum(axis=tuple(range(a.ndim - like.ndim)))

    return in_front(g / y, x), in_front(-g * x / y**2, y)


def _first_of_the_repeated(g, x, y):
    g, x, y = _floats(g, x, y)

    def first(a, like):
        a = a[(0,) * (a.ndim - like.ndim)]
        return a[tuple(slice(0, n) for n in like.shape)]

    return first(g / y, x), first(-g * x / y**2, y)


def _g_added_up_too_early(g, x, y):
    g, x, y = _floats(g, x, y)
    of_x, of_y = unbroadcast(g, x.shape), unbroadcast(g, y.shape)
    return _added_up(g, x, y, of_x / y, -of_y * x / y**2)


def _sign_lost(g, x, y):
    g, x, y = _floats(g, x, y)
    return _added_up(g, x, y, g / y, g * x / y**2)


def _both_signs_turned(g, x, y):
    g, x, y = _floats(g, x, y)
    return _added_up(g, x, y, -g / y, g * x / y**2)


def _not_squared(g, x, y):
    g, x, y = _floats(g, x, y)
    return _added_up(g, x, y, g / y, -g * x / y)


def _brackets_missing(g, x, y):
    g, x, y = _floats(g, x, y)
    return _added_up(g, x, y, g / y, -g * x / y * y)


def _x_forgotten(g, x, y):
    g, x, y = _floats(g, x, y)
    return _added_up(g, x, y, g / y, -g / y**2)


def _local_only(g, x, y):
    g, x, y = _floats(g, x, y)
    return _added_up(g, x, y, 1 / y, -x / y**2)


def _g_added(g, x, y):
    g, x, y = _floats(g, x, y)
    return _added_up(g, x, y, g + 1 / y, g - x / y**2)


def _g_forgotten_for_y(g, x, y):
    g, x, y = _floats(g, x, y)
    return _added_up(g, x, y, g / y, -x / y**2)


def _swapped(g, x, y):
    return divide_backward.reference(g, x, y)[::-1]


def _roles_exchanged(g, x, y):
    g, x, y = _floats(g, x, y)
    return _added_up(g, x, y, -g * y / x**2, g / x)


def _of_a_product(g, x, y):
    g, x, y = _floats(g, x, y)
    return _added_up(g, x, y, g * y, g * x)


def _y_held_constant(g, x, y):
    return divide_backward.reference(g, x, y)[0], np.zeros(np.shape(y))


def _log_of_y(g, x, y):
    g, x, y = _floats(g, x, y)
    return _added_up(g, x, y, g / y, g * x * np.log(np.abs(y)))


_MATRIX = np.array([[1.0, -2.0, 0.5], [3.0, 4.0, -1.5]])
_UPSTREAM = np.array([[2.0, -1.0, 0.3], [0.7, 1.1, -4.0]])

divide_backward = Exercise(
    divide_backward,
    cases=(
        case(np.array([10.0]), np.array([3.0]), np.array([2.0])),
        case(np.array([1.0, -2.0, 0.5]), np.array([3.0, 1.0, -4.0]), np.array([2.0, -0.5, 8.0])),
        case(_UPSTREAM, _MATRIX, np.array([2.0, -4.0, 0.5])),
        case(_UPSTREAM, _MATRIX, np.array([[5.0], [-0.5]])),
        case(_UPSTREAM, np.array([1.0, -1.0, 3.0]), _MATRIX),
        case(_UPSTREAM, np.array([[3.0], [-2.0]]), np.array([[1.5, -0.4, 2.0]])),
        case(_UPSTREAM, _MATRIX, np.array(4.0)),
        case(np.array([0.5, -3.0]), np.array([6, 4]), np.array([3, -2])),
        case(
            np.arange(12.0).reshape(4, 1, 3) - 5,
            np.array([[1.0, 2.0, -3.0]]),
            np.array([1.0, -2.0, 4.0, 0.5]).reshape(4, 1, 1),
        ),
        case(np.array([3, -1]), np.array([0, 5]), np.array([2, -4])),
        case(np.array([2.0, -1.0, 0.5]), np.array(3.0), np.array([2.0, -4.0, 0.5])),
        case(_UPSTREAM, _MATRIX, np.array([[4.0]])),
        case(
            np.arange(24.0).reshape(2, 3, 4) - 9,
            np.array([[1.0], [-3.0], [2.0]]),
            np.array([1.0, -2.0, 4.0, 0.5, 2.0, 5.0, -1.0, 8.0]).reshape(2, 1, 4),
        ),
    ),
    mistakes=(
        Mistake(
            _not_added_up,
            "The products are right, but they have the shape of g. Where broadcasting used a "
            "number several times its gradients add up: unbroadcast(…, x.shape), and the same "
            "for y.",
        ),
        Mistake(
            _only_y_added_up,
            "The gradient for x has the shape of g. x can be broadcast, too: "
            "unbroadcast(…, x.shape).",
        ),
        Mistake(
            _only_x_added_up,
            "The gradient for y has the shape of g. A y that was used for several elements gets "
            "the sum of their gradients: unbroadcast(…, y.shape).",
        ),
        Mistake(
            _averaged,
            "You average over the elements that a number was used for. Each use changes L on its "
            "own, so their gradients are added up.",
        ),
        Mistake(
            _length_one_axes_kept,
            "You add up the axes that broadcasting put in front, but not those of length 1 that "
            "it stretched: a y of shape (2, 1) gets a gradient of shape (2, 1).",
        ),
        Mistake(
            _first_of_the_repeated,
            "Of the elements that a number was used for, only the first counts. All of them do: "
            "add their gradients up.",
        ),
        Mistake(
            _g_added_up_too_early,
            "You add g up before it is multiplied. Each element of g meets its own x and y "
            "first; the products are what is added up.",
        ),
        Mistake(
            _sign_lost,
            "The sign of the gradient for y is lost: when y grows, x / y shrinks towards 0. "
            "∂(x / y)/∂y = −x / y².",
        ),
        Mistake(
            _both_signs_turned,
            "Both signs are turned round: ∂(x / y)/∂x is 1 / y and ∂(x / y)/∂y is −x / y².",
        ),
        Mistake(_not_squared, "The y of the second gradient is not squared: −x / y²."),
        Mistake(
            _brackets_missing,
            "Brackets are missing: a / y * y is (a / y) · y, that is a. Write a / y**2 or "
            "a / (y * y).",
        ),
        Mistake(
            _x_forgotten,
            "The gradient for y has lost its x: the derivative of x / y by y is −x / y².",
        ),
        Mistake(
            _local_only,
            "Those are the local gradients, 1 / y and −x / y². The chain rule multiplies them by "
            "g, the gradient that comes from above. At g = 1 nobody notices.",
        ),
        Mistake(
            _g_added,
            "You add g to the local gradient. Along a path gradients are multiplied; only "
            "different paths are added.",
        ),
        Mistake(
            _g_forgotten_for_y,
            "The gradient for y is the local one only: multiply it by g, as you did for x.",
        ),
        Mistake(_swapped, "The two come in the wrong order: x's gradient first, then y's."),
        Mistake(
            _roles_exchanged,
            "Those are the gradients of y / x. The operation is x / y: x is divided by y.",
        ),
        Mistake(
            _of_a_product,
            "Those are the gradients of x · y; of x / y they are g / y and −g · x / y².",
        ),
        Mistake(
            _y_held_constant,
            "The gradient for y is 0, as if y were a constant. x / y changes with y: −x / y².",
        ),
        Mistake(
            _log_of_y,
            "The logarithm belongs to an integral. As a power, x / y is x · y⁻¹, and its "
            "derivative by y is −x · y⁻².",
        ),
    ),
    hints=(
        "First without shapes: how much does x / y change when x grows by a tiny amount, and "
        "when y does? Those two numbers are the local gradients.",
        "Multiply each local gradient by g, element by element. The products have the shape of "
        "g; x or y may be smaller.",
        "return unbroadcast(g / y, x.shape), unbroadcast(…, y.shape)",
    ),
    parts=("gradient for x", "gradient for y"),
)

# --- backward_order -------------------------------------------------------------------------


def backward_order(parents, root):
    """The nodes that `root` was computed from, `root` first, each before all of its parents."""
    finished, done, stack = [], set(), [root]
    while stack:
        node = stack[-1]
        waiting = [p for p in parents[node] if p not in done]
        if node not in done and waiting:
            stack.extend(waiting)
        else:
            stack.pop()
            if node not in done:
                done.add(node)
                finished.append(node)
    return finished[::-1]


def _push_gradients(call, parents, root):
    """The gradient that each node has when its turn comes: any valid order will do.

    What is read is the gradient at the turn, not at the end. A node without parents passes
    nothing on, so at the end it would not show that it came too early, or not at all.
    """
    order = call(parents, root)
    if isinstance(order, set | frozenset | dict):
        raise TypeError("a set has no order")
    order = list(order)
    gradients = {node: float(node == root) for node in parents}
    at_its_turn = dict.fromkeys(parents, 0.0)
    for node in order:
        at_its_turn[node] = gradients[node]
        above = parents[node]
        for position, parent in enumerate(above):
            slope = -1.0 if len(above) == 1 else 2.0 + position
            gradients[parent] += slope * gradients[node]
    return np.array(list(at_its_turn.values())), len(order)


def _found_from(parents, root):
    """The nodes under the root, each once, as breadth-first search meets them."""
    found = [root]
    for node in found:
        found += [p for p in dict.fromkeys(parents[node]) if p not in found]
    return found


def _recursive(parents, root):
    finished, done = [], set()

    def visit(node):
        if node not in done:
            done.add(node)
            for parent in parents[node]:
                visit(parent)
            finished.append(node)

    visit(root)
    return finished[::-1]


def _breadth_first(parents, root):
    order, seen = [root], {root}
    for node in order:
        for parent in parents[node]:
            if parent not in seen:
                seen.add(parent)
                order.append(parent)
    return order


def _as_first_met(parents, root):
    order, seen, stack = [], set(), [root]
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            order.append(node)
            stack.extend(reversed(parents[node]))
    return order


def _last_parent_first(parents, root):
    order, seen, stack = [], set(), [root]
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            order.append(node)
            stack.extend(parents[node])
    return order


def _marked_when_pushed(parents, root):
    order, seen, stack = [], {root}, [root]
    while stack:
        node = stack.pop()
        order.append(node)
        for parent in parents[node]:
            if parent not in seen:
                seen.add(parent)
                stack.append(parent)
    return order


def _forward(parents, root):
    return backward_order.reference(parents, root)[::-1]


def _once_per_path(parents, root):
    order = [root]
    for node in order:
        order.extend(parents[node])
    return order


def _everything(parents, root):
    reached = backward_order.reference(parents, root)
    return [*reached, *(node for node in parents if node not in reached)]


def _as_written(parents, root):
    return list(parents)


def _as_written_backward(parents, root):
    return list(parents)[::-1]


def _alphabetical(parents, root):
    return sorted(backward_order.reference(parents, root), reverse=True)


def _root_missing(parents, root):
    return backward_order.reference(parents, root)[1:]


def _inputs_missing(parents, root):
    return [n for n in backward_order.reference(parents, root) if parents[n]]


def _first_parent_only(parents, root):
    return backward_order.reference({n: p[:1] for n, p in parents.items()}, root)


def _first_and_last_parent(parents, root):
    return backward_order.reference({n: (*p[:1], *p[1:][-1:]) for n, p in parents.items()}, root)


def _inputs_first(parents, root):
    order = backward_order.reference(parents, root)
    return sorted(order, key=lambda node: bool(parents[node]))


def _inputs_when_met(parents, root):
    """The order is right but for the inputs, which come right after the first use."""
    order = []
    for node in backward_order.reference(parents, root):
        met = [p for p in dict.fromkeys(parents[node]) if not parents[p]]
        order += [n for n in (node, *met) if n not in order]
    return order


def _moved_back_alone(parents, root):
    """Breadth first; a node that is met again is moved to the end, what follows it is not."""
    order, waiting, seen = [], [root], set()
    for node in waiting:
        if node in seen:
            continue
        seen.add(node)
        order.append(node)
        for parent in parents[node]:
            if parent in order:
                order.remove(parent)
                order.append(parent)
            waiting.append(parent)
    return order


def _counts_distinct(parents, root):
    """Waits for every use of a node, but counts a node that uses it twice as one."""
    waiting = dict.fromkeys(parents, 0)
    for node in _found_from(parents, root):
        for parent in parents[node]:
            waiting[parent] += 1
    order = [root]
    for node in order:
        for parent in set(parents[node]):
            waiting[parent] -= 1
            if not waiting[parent]:
                order.append(parent)
    return order


def _waits_for_strangers(parents, root):
    """Waits for uses by nodes that the root does not depend on, too, and so for ever."""
    waiting = dict.fromkeys(parents, 0)
    for above in parents.values():
        for parent in above:
            waiting[parent] += 1
    order = [root]
    for node in order:
        for parent in parents[node]:
            waiting[parent] -= 1
            if not waiting[parent]:
                order.append(parent)
    return order


def _chain(length):
    names = [f"n{i}" for i in range(length)]
    return {name: tuple(names[i - 1 : i]) if i else () for i, name in enumerate(names)}


def _tower(height):
    """Diamonds on top of each other: 2ʰ paths from top to bottom."""
    names = [f"d{i}" for i in range(height + 1)]
    return {name: (names[i - 1],) * 2 if i else () for i, name in enumerate(names)}


_LADDER = {
    "w": (), "x": (), "b": (), "q": ("z", "h"), "z": ("h", "b"), "h": ("w", "x"),
    "y": ("q", "w"), "other": ("x", "y"), "stray": (),
}  # fmt: skip

backward_order = Exercise(
    backward_order,
    cases=(
        case({"a": (), "f": ("a", "a")}, "f"),
        case({"x1": (), "x2": (), "x3": (), "p": ("x1", "x2"), "f": ("p", "x3")}, "f"),
        case({"a": (), "b": ("a",), "f": ("a", "b")}, "f"),
        case({"a": (), "b": ("a",), "f": ("b", "a")}, "f"),
        case({"f": ("c", "a"), "c": ("b", "b"), "b": ("a",), "a": ()}, "f"),
        case(
            {"a": (), "b": ("a",), "c": ("b", "a"), "d": ("c",), "e": ("b",), "f": ("d", "e")}, "f"
        ),
        case({"d": (), "c": ("d",), "a": ("c",), "b": ("c", "a"), "f": ("a", "b")}, "f"),
        case(_LADDER, "y"),
        case({"z": (), "m": ("z", "z"), "a": ("z", "m"), "k": ("a", "z"), "b": ("m", "k")}, "b"),
        case({"a": (), "b": ("a",)}, "a"),
        case({"x": (), "y": (), "z": (), "f": ("x", "y", "z")}, "f"),
        case(
            {
                "b": (),
                "c": ("b",),
                "a": ("c",),
                "p": ("a",),
                "q": ("p",),
                "r": ("q",),
                "f": ("a", "r"),
            },
            "f",
        ),
        case(_tower(8), "d8"),
        case(_chain(5000), "n4999"),
    ),
    mistakes=(
        Mistake(
            _recursive,
            "The order is right, and in a long chain the function runs into Python's recursion "
            "limit: it calls itself once per node of the chain. Keep a list of what is still to "
            "do, and work through it in a loop.",
        ),
        Mistake(
            _breadth_first,
            "That is breadth-first search: a node's turn comes when it is first met, by the "
            "shortest way. By a longer way another part of its gradient is still to come. A node "
            "has its turn after *all* nodes that use it.",
        ),
        Mistake(
            _as_first_met,
            "That is depth-first search, each node written down when it is first met. Its other "
            "uses may come later, and their part of the gradient is then lost. Write a node down "
            "when all of its parents are finished, and turn the list round at the end.",
        ),
        Mistake(
            _last_parent_first,
            "A stack and each node written down as it is popped for the first time: nodes that "
            "use it may still lie on the stack. Write a node down when all of its parents are "
            "finished, and turn the list round at the end.",
        ),
        Mistake(
            _marked_when_pushed,
            "A node counts as seen as soon as it is put on the stack, and is never put off when "
            "a later node uses it too. It has to wait for all nodes that use it.",
        ),
        Mistake(
            _forward,
            "That is the order of the forward pass, parents first. Backward it is the other way "
            "round: reverse the list.",
        ),
        Mistake(
            _once_per_path,
            "A node comes once for every path that leads to it, and passes its gradient on each "
            "time. Each node has its turn once, when its gradient is complete.",
        ),
        Mistake(
            _everything,
            "There are nodes in your list that the root was not computed from. Start at the root "
            "and follow the parents.",
        ),
        Mistake(
            _as_written,
            "You return the keys of the dictionary. Their order is no order of computation.",
        ),
        Mistake(
            _as_written_backward,
            "You turn the dictionary round. That works only if it was written in the order of "
            "computation and holds nothing but what the root was made from.",
        ),
        Mistake(_alphabetical, "You sort by name. The order must come from `parents`."),
        Mistake(
            _root_missing,
            "The root is missing. It comes first: its gradient, 1, is where everything starts.",
        ),
        Mistake(
            _inputs_missing,
            "The nodes without parents are missing. They pass nothing on, and still belong to the "
            "list: theirs are the gradients that one wants.",
        ),
        Mistake(
            _first_parent_only,
            "Only the first parent of each node is followed.",
        ),
        Mistake(
            _first_and_last_parent,
            "Of three parents one is left out: a node may have any number of them. Loop over "
            "parents[node].",
        ),
        Mistake(
            _inputs_first,
            "The inputs come before the nodes that use them. They pass nothing on, but their own "
            "gradients are complete only after all those nodes.",
        ),
        Mistake(
            _inputs_when_met,
            "Right but for the inputs: each is written down at its first use. It passes nothing "
            "on, but its gradient is complete only after the last node that uses it.",
        ),
        Mistake(
            _moved_back_alone,
            "A node that is met again is moved to the end of the list, but what it was computed "
            "from stays where it was, and is now before it.",
        ),
        Mistake(
            _counts_distinct,
            "Where a node uses the same parent twice, as a + a does, you wait for two uses and "
            "count off one. Such parents never have their turn: count both or neither.",
        ),
        Mistake(
            _waits_for_strangers,
            "You wait for uses by nodes that the root does not depend on; those never have a "
            "turn. Count only the uses below the root.",
        ),
    ),
    hints=(
        "Look at f = b · a with b = −a. Why must a not have its turn before b?",
        "Two ways. Either count how many uses each node has, and let it have its turn when the "
        "last one is done; or find the forward order, each node after its parents, and reverse it.",
        "For the second: a stack, at first [root]. Look at its last node. Are there parents that "
        "are not finished? Then put those on the stack; if not, take the node off and, unless it "
        "is finished already, write it down.",
    ),
    drive=_push_gradients,
    parts=("gradient that each node has at its turn", "length of your list"),
)

# --- add_up_branches: find the planted bug --------------------------------------------------


def add_up_branches(order, parents, slopes):
    """{node: gradient of order[0] with respect to it}, for all nodes in `order`."""
    gradients = dict.fromkeys(order, 0.0)
    gradients[order[0]] = 1.0
    for node in order:
        for parent, slope in zip(parents[node], slopes[node], strict=True):
            gradients[parent] += gradients[node] * slope
    return gradients


def _in_a_row(call, order, parents, slopes):
    """The gradients in the order of the nodes; one that is missing is NaN."""
    gradients = call(order, parents, slopes)
    return np.array([gradients.get(node, np.nan) for node in order], dtype=float)


def _passed_on(order, parents, slopes, combine, start=0.0):
    """A backward pass in which `combine(old, upstream, slope)` is the new gradient."""
    gradients = {order[0]: 1.0}
    for node in order:
        for parent, slope in zip(parents[node], slopes[node], strict=True):
            gradients[parent] = combine(gradients.get(parent, start), gradients[node], slope)
    return gradients


def _planted(order, parents, slopes):
    return _passed_on(order, parents, slopes, lambda old, g, slope: g * slope)


def _nothing_to_add_to(order, parents, slopes):
    gradients = {order[0]: 1.0}
    for node in order:
        for parent, slope in zip(parents[node], slopes[node], strict=True):
            gradients[parent] += gradients[node] * slope
    return gradients


def _first_branch_only(order, parents, slopes):
    gradients = {order[0]: 1.0}
    for node in order:
        for parent, slope in zip(parents[node], slopes[node], strict=True):
            gradients.setdefault(parent, gradients[node] * slope)
    return gradients


def _averages(order, parents, slopes):
    gradients, uses = {order[0]: 1.0}, dict.fromkeys(order, 0)
    for node in order:
        gradients[node] /= max(uses[node], 1)
        for parent, slope in zip(parents[node], slopes[node], strict=True):
            gradients[parent] = gradients.get(parent, 0.0) + gradients[node] * slope
            uses[parent] += 1
    return gradients


def _twice_the_same_counts_once(order, parents, slopes):
    gradients = dict.fromkeys(order, 0.0)
    gradients[order[0]] = 1.0
    for node in order:
        for parent, slope in dict(zip(parents[node], slopes[node], strict=True)).items():
            gradients[parent] += gradients[node] * slope
    return gradients


def _old_gradient_doubled(order, parents, slopes):
    return _passed_on(order, parents, slopes, lambda old, g, slope: 2 * old + g * slope)


def _slopes_only(order, parents, slopes):
    return _passed_on(order, parents, slopes, lambda old, g, slope: old + slope)


def _sum_along_the_path(order, parents, slopes):
    return _passed_on(order, parents, slopes, lambda old, g, slope: old + g + slope)


def _product_of_branches(order, parents, slopes):
    return _passed_on(order, parents, slopes, lambda old, g, slope: old * g * slope, start=1.0)


def _starts_at_one(order, parents, slopes):
    return _passed_on(order, parents, slopes, lambda old, g, slope: old + g * slope, start=1.0)


def _larger_branch(order, parents, slopes):
    return _passed_on(order, parents, slopes, lambda old, g, slope: max(old, g * slope, key=abs))


def _signs_lost(order, parents, slopes):
    return _passed_on(order, parents, slopes, lambda old, g, slope: old + abs(g * slope))


def _subtracts(order, parents, slopes):
    return _passed_on(order, parents, slopes, lambda old, g, slope: old - g * slope)


def _root_at_zero(order, parents, slopes):
    return dict.fromkeys(order, 0.0)


def _parents_first(order, parents, slopes):
    gradients = dict.fromkeys(order, 0.0)
    gradients[order[0]] = 1.0
    for node in reversed(order):
        for parent, slope in zip(parents[node], slopes[node], strict=True):
            gradients[parent] += gradients[node] * slope
    return gradients


def _order_of_the_dictionary(order, parents, slopes):
    gradients = dict.fromkeys([*order, *parents], 0.0)
    gradients[order[0]] = 1.0
    for node, above in parents.items():
        for parent, slope in zip(above, slopes[node], strict=True):
            gradients[parent] += gradients[node] * slope
    return gradients


def _one_slope_for_all(order, parents, slopes):
    first = {node: (own[0],) * len(own) if own else () for node, own in slopes.items()}
    return add_up_branches.reference(order, parents, first)


_SHAPES = (
    {"f": ("a", "a"), "a": ()},
    {"f": ("p", "x3"), "p": ("x1", "x2"), "x1": (), "x2": (), "x3": ()},
    {"f": ("b", "a"), "b": ("a",), "a": ()},
    {"f": ("c", "c"), "c": ("b", "a"), "b": ("a", "a"), "a": ()},
    {"f": ("d", "e", "a"), "d": ("c",), "e": ("b", "c"), "c": ("b",), "b": ("a",), "a": ()},
    {"y": ("q", "w"), "q": ("h", "z"), "z": ("h", "b"), "h": ("w", "x"), "w": (), "x": (), "b": ()},
)
_SLOPES = (
    {"f": (1.0, 1.0), "a": ()},
    {"f": (-4.0, 3.0), "p": (1.0, 1.0), "x1": (), "x2": (), "x3": ()},
    {"f": (3.0, 5.0), "b": (-2.0,), "a": ()},
    {"f": (2.0, -0.5), "c": (1.5, 4.0), "b": (3.0, 3.0), "a": ()},
    {"f": (1.0, -2.0, 0.5), "d": (0.25,), "e": (7.0, -1.0), "c": (3.0,), "b": (-0.2,), "a": ()},
    {"y": (0.5, 2.0), "q": (-1.0, 3.0), "z": (0.1, 6.0), "h": (-1.0, -3.0), "w": (), "x": (),
     "b": ()},
)  # fmt: skip

add_up_branches = Exercise(
    add_up_branches,
    cases=(
        *(case(list(p), p, s) for p, s in zip(_SHAPES, _SLOPES, strict=True)),
        case(["a"], {"a": ()}, {"a": ()}),
        case(
            ["f", "b", "a"],
            {"a": (), "b": ("a", "a", "a"), "f": ("b", "a")},
            {"a": (), "b": (2.0, 3.0, -1.0), "f": (-3.0, 0.5)},
        ),
    ),
    mistakes=(
        Mistake(
            _planted,
            "The planted bug is still there. A node that is used twice gets two gradients, and "
            "the second overwrites the first: a + a has slope 2, and yours says 1. Branches add "
            "up: start every gradient at 0 and use +=.",
        ),
        Mistake(
            _nothing_to_add_to,
            "A KeyError: += needs something to add to. Before anything arrives every gradient is "
            "0, and the root's is 1.",
        ),
        Mistake(
            _first_branch_only,
            "Only the first branch counts: a gradient that is there is left as it is. Branches "
            "add up.",
        ),
        Mistake(
            _averages,
            "You average over the branches. Each use of a node changes the result on its own, so "
            "the effects add up.",
        ),
        Mistake(
            _twice_the_same_counts_once,
            "Where a node uses the same parent twice, as a + a does, one of the two is lost: a "
            "dictionary or set made of the parents holds each of them once.",
        ),
        Mistake(
            _old_gradient_doubled,
            "The old gradient is added twice: g += new already keeps it; g += g + new does so "
            "once too often.",
        ),
        Mistake(
            _slopes_only,
            "The local slopes are added up as they are. Each must be multiplied by the gradient "
            "of the node it belongs to, gradients[node].",
        ),
        Mistake(
            _sum_along_the_path,
            "Along a path, gradient and slope are multiplied; you add them. Only different paths "
            "are added.",
        ),
        Mistake(
            _product_of_branches,
            "You multiply the branches. Along a path slopes are multiplied, but different paths "
            "are added.",
        ),
        Mistake(
            _starts_at_one,
            "Every gradient starts at 1; only the root's does. The others start at 0 and collect.",
        ),
        Mistake(
            _larger_branch,
            "Only the larger branch counts. Branches add up, those of different sign too.",
        ),
        Mistake(_signs_lost, "The signs are lost: branches may cancel, so add them as they are."),
        Mistake(_subtracts, "You subtract where branches should be added: -= instead of +=."),
        Mistake(
            _root_at_zero,
            "Everything is 0, because the root's gradient is. ∂f/∂f = 1, and that is passed on.",
        ),
        Mistake(
            _parents_first,
            "You go through the order from its end, inputs first: what they could pass on has not "
            "arrived yet. `order` has the root first already.",
        ),
        Mistake(
            _order_of_the_dictionary,
            "You go through the dictionary, which may be in any order: a node would pass on what "
            "has not arrived yet. Go through `order`.",
        ),
        Mistake(
            _one_slope_for_all,
            "Every parent of a node gets the node's first slope. The slopes stand in the order of "
            "the parents: zip(parents[node], slopes[node]).",
        ),
    ),
    hints=(
        "Go through f = a + a by hand: order ['f', 'a'], both slopes 1. What stands in gradients "
        "after each line?",
        "Which gradient has a node before anybody has passed something on to it?",
        "gradients = dict.fromkeys(order, 0.0), then gradients[order[0]] = 1.0; and one character "
        "more in the innermost line.",
    ),
    drive=_in_a_row,
)
