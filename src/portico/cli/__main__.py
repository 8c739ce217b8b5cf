"""`python -m portico.cli` is `portico`."""

import sys

from portico.cli import main

if __name__ == "__main__":
    sys.exit(main())
