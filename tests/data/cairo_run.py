"""cairo-run of PyPI's cairo-lang 0.14.0.1, with the layout that its command line leaves out."""

import sys

import cairo_lang_starts  # noqa: F401

from starkware.cairo.lang import instances

# The one with all builtins.
instances.LAYOUTS.setdefault("all_cairo", instances.all_cairo_instance)

from starkware.cairo.lang.vm.cairo_run import main

if __name__ == "__main__":
    sys.exit(main())
