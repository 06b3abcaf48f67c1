"""What pytest finds here: doctests, and the microbenchmarks."""

collect_ignore_glob = ["peers/*_script.py"]
"""They run in interpreters of their own, which have what they import."""
