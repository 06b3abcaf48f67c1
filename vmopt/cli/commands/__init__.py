"""The commands of `vmopt`, one file a family; each loads what it needs when it runs, and returns an exit code."""
