"""Result files: their rows, pages and headers."""
