"""The dialect of the legacy completions endpoint."""
