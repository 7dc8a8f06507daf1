"""`python -m menolab` is the `meno` command."""

from menolab.cli.main import entry

entry()
