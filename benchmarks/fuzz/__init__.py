"""Fuzz: tiny instances of every kind, solved in every way, against brute force in exact arithmetic."""
