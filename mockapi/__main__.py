"""`python -m mockapi`, which the installed script is too."""

import gc

# What is imported until a server is ready stays: there is no garbage to look for.
gc.disable()

from mockapi.cli import main  # noqa: E402

if __name__ == "__main__":
    main()
