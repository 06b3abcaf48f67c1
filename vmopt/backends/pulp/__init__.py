"""CBC, and every other solver that PuLP knows how to run."""
