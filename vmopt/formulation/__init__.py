"""Instance to LinearProgram: the mathematics, written once."""
