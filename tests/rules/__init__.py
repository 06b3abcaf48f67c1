"""Rules: what they mean, what checks them, what they translate to."""
