"""Start emgfeedback: the window, or a headless command."""

import sys

from emgfeedback.cli import main

if __name__ == "__main__":
    sys.exit(main())
