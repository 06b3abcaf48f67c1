"""What `vmopt verify` checks of a file, one thing after the other, each with whether it holds and in words."""
