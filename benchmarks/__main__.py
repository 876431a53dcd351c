"""`python -m benchmarks`: run all benchmarks, or those that are named."""

from __future__ import annotations

import argparse
import importlib
import sys

NAMES = ("api", "examples", "globe", "grids", "imaging", "search", "waiting", "writing")


def main() -> int:
    """Run the benchmarks one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], help="default: all")
    parser.add_argument("--repeats", type=int, default=5, help="the minimum of these counts")
    args = parser.parse_args()
    for name in args.names or NAMES:
        importlib.import_module(f"benchmarks.{name}").run(args.repeats)
    return 0


if __name__ == "__main__":
    sys.exit(main())
