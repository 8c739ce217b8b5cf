"""Portico: the front door to a company's AI."""

__version__ = "0.1.0"
