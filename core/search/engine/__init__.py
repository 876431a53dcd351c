"""The search engine: tracks on a grid of epochs, the kernels that compare them, runs."""
