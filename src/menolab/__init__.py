"""menolab: an open laboratory for reasoning language models."""

__version__ = "0.1.0"
