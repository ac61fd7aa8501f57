"""cairo-run of PyPI's cairo-lang 0.14.0.1, made to start under Python 3.11 and later.

Its data classes use instances of unhashable classes as defaults, which dataclasses refuses since 3.11.
"""

import dataclasses
import sys

_get_field = dataclasses._get_field


def _get_field_hashable(cls, name, *rest):
    default = getattr(cls, name, None)
    if isinstance(default, dataclasses.Field):
        default = default.default
    if type(default).__module__.startswith("starkware") and type(default).__hash__ is None:
        type(default).__hash__ = object.__hash__
    return _get_field(cls, name, *rest)


dataclasses._get_field = _get_field_hashable

from starkware.cairo.lang import instances  # noqa: E402

# The one layout with all builtins, which the command line leaves out.
instances.LAYOUTS.setdefault("all_cairo", instances.all_cairo_instance)

from starkware.cairo.lang.vm.cairo_run import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
