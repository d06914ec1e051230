"""``python -m bot`` and the console script ``verbatim``."""

import os
import sys


def main() -> None:
    """Run the command line and exit with its status."""
    # The model libraries read these when they are imported. Their progress bars and warnings would
    # get between ours.
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    from bot.cli.main import run
    from bot.private_files import private_umask

    private_umask()
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
