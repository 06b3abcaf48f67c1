"""Column generation over patterns: pricing, the master program, diving."""
