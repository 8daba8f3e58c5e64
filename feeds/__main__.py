"""The program: `python -m feeds` and the command `feeds` both start here.

Whether anything has changed is asked first, of a module that imports next to nothing.
"""

import gc
import os
import sys

from feeds.unchanged import ask


def main() -> int:
    """Run the command line and return its exit code."""
    arguments = sys.argv[1:]
    answer = ask(arguments)
    if answer.code is not None:
        return answer.code
    # Next to nothing of what a build makes is garbage in circles: to look for it less often, and at
    # the end to let go of everything at once, saves a tenth.
    gc.set_threshold(200_000, 20)
    from feeds.cli import main as run

    code = run(looking=answer.looking, plain=answer.given)
    if arguments[:1] == ["build"]:
        if sys.stderr:
            sys.stderr.flush()
        os._exit(code)
    return code


if __name__ == "__main__":
    raise SystemExit(main())
