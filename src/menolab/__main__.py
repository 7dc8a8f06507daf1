"""`python -m menolab` is the `meno` command."""

from menolab.cli.main import entry

if __name__ == "__main__":  # a saved recipe may name any module of the package: importing this one must run nothing
    entry()
