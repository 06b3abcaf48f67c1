"""Tests of vmopt.io."""
