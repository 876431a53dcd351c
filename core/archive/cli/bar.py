"""A progress bar in percent, with the name of what is being done."""

from __future__ import annotations

from tqdm import tqdm


class Bar:
    """A bar on standard error; silent when asked to be, or where that is no terminal."""

    def __init__(self, quiet: bool) -> None:
        self._bar = tqdm(
            total=100, disable=quiet or None, bar_format="{l_bar}{bar}| {postfix}", leave=False
        )

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def show(self, name: str, share: float) -> None:
        """Show what is being done and the share of it, 0 to 1, that is done."""
        self._bar.set_postfix_str(name, refresh=False)
        self._bar.update(100 * share - self._bar.n)
