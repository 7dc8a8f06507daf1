"""The ledger: what was claimed of a method, what we saw on one ground at equal cost, and the pages made of it."""
