"""Studies: what was learnt, asked as papers ask it. One study a file."""
