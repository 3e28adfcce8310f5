"""`python -m mockapi`."""

from mockapi.cli import main

if __name__ == "__main__":
    main()
