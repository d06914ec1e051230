"""Exports sentence-transformers models to ONNX graphs."""
