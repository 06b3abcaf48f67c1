"""Tests of vmopt.model."""
