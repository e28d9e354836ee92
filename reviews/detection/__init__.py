"""The detection core: pure Python, values in, values out. `engine.evaluate` is the entrance."""
