"""Thousands of requests that are cut at any moment, and what the server is like afterwards: `make storm`."""
