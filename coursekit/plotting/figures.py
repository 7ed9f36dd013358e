"""Making a figure, and showing it with words for those who cannot see it."""

import base64
import html
import io

import matplotlib.pyplot as plt
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

# Given per figure and not as global rcParams, which would change a reader's own pictures.
_LOOK = {"axes.spines.right": False, "axes.spines.top": False, "figure.dpi": 100}


def subplots(rows: int = 1, columns: int = 1, *, width: float = 7.5, height: float = 3.6, **kwargs):
    """A figure of `width` × `height` inches and its axes, in the look of the course.

    Further keyword arguments go to `matplotlib.pyplot.subplots`, which says what is returned.
    """
    with plt.rc_context(_LOOK):
        return plt.subplots(
            rows, columns, **{"figsize": (width, height), "layout": "constrained", **kwargs}
        )


def show(fig: Figure | Axes, alt: str) -> None:
    """Show a figure in a notebook, and close it.

    `alt` says in words, with the numbers, what the figure shows. It is stored as the
    picture's alternative text (`metadata["image/png"]["alt"]`), as its plain-text form, which
    strict nbval compares where it cannot compare pixels, and as a caption below for everybody.

    Raises `ValueError` where `alt` is empty and `TypeError` where `fig` is no figure.
    """
    fig = fig.figure if isinstance(fig, Axes) else fig
    if not isinstance(fig, Figure):
        raise TypeError(f"show needs a Matplotlib figure, got {type(fig).__name__}.")
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError(f"show needs alt, a text that says what the figure shows, got {alt!r}.")
    alt = " ".join(alt.split())
    picture = base64.b64encode(_png(fig)).decode()
    plt.close(fig)
    display(
        {"image/png": picture, "text/plain": alt},
        metadata={"image/png": {"alt": alt}},
        raw=True,
    )
    display({"text/html": f"<p><em>{html.escape(alt)}</em></p>", "text/plain": alt}, raw=True)


def _png(fig: Figure) -> bytes:
    """The picture in 256 colours, which the eye cannot tell from all and the file is half of."""
    drawn, small = io.BytesIO(), io.BytesIO()
    fig.savefig(drawn, format="png")
    colours = Image.open(drawn).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    colours.save(small, format="png", optimize=True)  # and without Matplotlib's version in it
    return small.getvalue()
