"""The append-only log: the tree, the chain, the digits on paper."""
