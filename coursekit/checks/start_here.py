"""Chapter 00's example of an exercise, to see verdicts with; it does not count as progress."""

import numpy as np

from coursekit.checks import Exercise, Mistake, case


def to_celsius(fahrenheit):
    """The same temperature(s) in degrees Celsius."""
    return (np.asarray(fahrenheit, dtype=float) - 32) * 5 / 9


def _no_parentheses(fahrenheit):
    return np.asarray(fahrenheit, dtype=float) - 32 * 5 / 9


def _other_way_round(fahrenheit):
    return np.asarray(fahrenheit, dtype=float) * 9 / 5 + 32


def _fraction_turned_over(fahrenheit):
    return (np.asarray(fahrenheit, dtype=float) - 32) * 9 / 5


def _offset_forgotten(fahrenheit):
    return np.asarray(fahrenheit, dtype=float) * 5 / 9


def _added(fahrenheit):
    return (np.asarray(fahrenheit, dtype=float) + 32) * 5 / 9


def _scaled_first(fahrenheit):
    return np.asarray(fahrenheit, dtype=float) * 5 / 9 - 32


def _whole_degrees(fahrenheit):
    return (np.asarray(fahrenheit, dtype=float) - 32) * 5 // 9


def _whole_fraction(fahrenheit):
    return (np.asarray(fahrenheit, dtype=float) - 32) * (5 // 9)


def _halved(fahrenheit):
    return (np.asarray(fahrenheit, dtype=float) - 32) / 2


def _kelvin(fahrenheit):
    return to_celsius.reference(fahrenheit) + 273.15


to_celsius = Exercise(
    to_celsius,
    cases=(
        case(212),
        case(32.0),
        case(np.array([-40.0, 0.0, 98.6])),
        case(np.array([[50, 68], [77, 451]])),
    ),
    mistakes=(
        Mistake(
            _no_parentheses,
            "In Python * binds before −, so 32 · 5/9 is subtracted. Put fahrenheit − 32 in "
            "parentheses.",
        ),
        Mistake(
            _other_way_round,
            "This turns Celsius into Fahrenheit. The exercise goes the other way: subtract 32 "
            "first, then scale.",
        ),
        Mistake(
            _fraction_turned_over,
            "The fraction is upside down: 180 degrees Fahrenheit are 100 degrees Celsius, so the "
            "factor is 100/180 = 5/9.",
        ),
        Mistake(_offset_forgotten, "The 32 is missing: water freezes at 32 °F, which is 0 °C."),
        Mistake(_added, "You add 32. Water freezes at 32 °F, so 32 has to be subtracted."),
        Mistake(
            _scaled_first,
            "You scale first and subtract 32 then. Subtract first: 32 °F has to become 0.",
        ),
        Mistake(_whole_degrees, "The result is cut to whole degrees by //. Divide with /."),
        Mistake(
            _whole_fraction,
            "5 // 9 is 0, the whole part of 5/9, so every temperature becomes 0. Divide with /.",
        ),
        Mistake(_halved, "Half is the rule of thumb; the factor is 5/9."),
        Mistake(_kelvin, "These are kelvins: do not add 273.15."),
    ),
    hints=(
        "Water freezes at 32 °F and 0 °C, and boils at 212 °F and 100 °C.",
        "So 0 °C comes out if you subtract 32. By what must 212 − 32 = 180 be multiplied?",
        "return (fahrenheit - 32) * 5 / 9",
    ),
)
