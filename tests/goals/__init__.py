"""Levels of goals: what they mean by themselves, brute force, random instances."""
