"""How fast: ratios between whole commands, taken in turn within one run. `make bench` runs it."""
