"""One script per published figure: `python -m benchmarks.NAME --data DIR`."""
