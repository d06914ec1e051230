"""Models run by onnxruntime, from graphs that were exported for it."""
