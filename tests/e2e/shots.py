"""`make shots`: renders the screens into docs/images."""

import sys

from tests.e2e import node


def main() -> int:
    """Run the script and hand its words and its exit code on."""
    lack = node.missing()
    if lack is not None:
        sys.exit(lack)
    result = node.run("shots.ts", *sys.argv[1:], within_s=1_800)
    sys.stdout.write(result.stdout)
    return result.returncode


if __name__ == "__main__":
    sys.exit(main())
