"""Settings for every test."""

from hypothesis import settings

# The same examples every time, and no deadline: a busy machine is not a failing one.
settings.register_profile("course", deadline=None, derandomize=True)
settings.load_profile("course")
