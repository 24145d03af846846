"""Which boot loader answers on a port: a board can be there though its program does not answer."""

from __future__ import annotations

import time
from collections.abc import Callable

from emgfeedback.devices.link import Link
from emgfeedback.flashing.boards import BOARDS, chip_name
from emgfeedback.flashing.boot_loader import NoAnswer, never
from emgfeedback.flashing.flasher import KNOCK_S, LOADERS


def answering_chip(
    link: Link,
    is_cancelled: Callable[[], bool] = never,
    clock: Callable[[], float] = time.monotonic,
) -> str:
    """Reset the board and ask in each boot loader's way; return its chip, or an empty string.

    Raises
    ------
    Stopped
        It was cancelled.
    LinkError
        The port cannot be opened, or went away.
    """
    ways = dict.fromkeys(
        (board.protocol, baud) for board in BOARDS.values() for baud in board.bauds
    )
    for protocol, baud in ways:
        link.close()
        link.open(baud)
        link.reset_board()
        loader = LOADERS[protocol](link, clock, is_cancelled)
        loader.settle()
        if not loader.sync(KNOCK_S):
            continue
        try:
            loader.begin()
            signature = loader.signature()
            loader.leave()
        except NoAnswer:
            continue
        return chip_name(signature)
    return ""
