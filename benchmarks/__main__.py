"""``python -m benchmarks list | run SET | report | plot | compare OLD NEW | readme``."""

if __name__ == "__main__":
    from benchmarks.cli import main

    main()
