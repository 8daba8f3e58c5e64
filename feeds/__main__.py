"""The program: `python -m feeds` and the command `feeds` both start here.

Whether anything has changed is asked first, of a module that imports next to nothing.
"""

import sys

from feeds.unchanged import unchanged


def main() -> int:
    """Run the command line and return its exit code."""
    code = unchanged(sys.argv[1:])
    if code is not None:
        return code
    from feeds.cli import main as run

    return run()


if __name__ == "__main__":
    raise SystemExit(main())
