"""Rows for tests. Alice reviews at tenant A, Bob administers it, Charlie belongs to tenant B."""
