"""Makes PyPI's cairo-lang 0.14.0.1 start under Python 3.11 and later: import this before it.

Its data classes use instances of unhashable classes as defaults, which dataclasses refuses since 3.11.
"""

import dataclasses

_get_field = dataclasses._get_field


def _get_field_hashable(cls, name, *rest):
    default = getattr(cls, name, None)
    if isinstance(default, dataclasses.Field):
        default = default.default
    if type(default).__module__.startswith("starkware") and type(default).__hash__ is None:
        type(default).__hash__ = object.__hash__
    return _get_field(cls, name, *rest)


dataclasses._get_field = _get_field_hashable
