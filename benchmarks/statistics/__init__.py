"""Statistics of results: one idea a module, each from plain numbers or rows."""
