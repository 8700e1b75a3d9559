"""What every page stands on: the edge to the stores, guards, language, headers, forms, errors. Knows no feature."""
