"""`python -m tests.container IMAGE BASE`: try the image's contract and print what was measured."""

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.container import contract


def main() -> int:
    """Go through the clauses; the first that is broken ends it with its reason."""
    image, base = sys.argv[1], sys.argv[2]
    contract.build_postgres(base)
    folder = Path(tempfile.mkdtemp(prefix="portico-container-"))
    with contract.place(image, folder) as there:
        for clause in (contract.starts, contract.refuses, contract.holds, contract.leaves, contract.plays):
            result = clause(there)
            lines = result if isinstance(result, list) else asyncio.run(result)
            sys.stdout.write("\n".join(lines) + "\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
