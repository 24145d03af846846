"""STK500 version 1, spoken by the boot loaders of the Uno and the Nano.

Commands and answers: Atmel application note AVR061, "STK500 Communication Protocol".
"""

from __future__ import annotations

from emgfeedback.flashing.boot_loader import ANSWER_S, SYNC_EVERY_S, BootLoader, NoAnswer

_OK, _IN_SYNC, _END = b"\x10", b"\x14", b"\x20"
_GET_SYNC, _ENTER, _LEAVE = b"\x30", b"\x50", b"\x51"
_LOAD_ADDRESS, _WRITE_PAGE, _READ_PAGE, _READ_SIGNATURE = b"\x55", b"\x64", b"\x74", b"\x75"
_FLASH = b"F"
_SYNCS = 2
"""Answers to GET_SYNC in a row that are no accident."""


class Stk500v1(BootLoader):
    """The boot loader of an Uno or Nano."""

    erases_each_page = True

    def sync(self, seconds: float) -> bool:
        """Knock until the boot loader answers; False if it does not within `seconds`."""
        end_s = self._clock() + seconds
        in_a_row = 0
        while self._clock() < end_s:
            self._refuse_if_cancelled()
            self._forget_unread()
            try:
                self._ask(_GET_SYNC, within_s=SYNC_EVERY_S)
            except NoAnswer:
                in_a_row = 0
                continue
            in_a_row += 1
            if in_a_row == _SYNCS:
                return True
        return False

    def begin(self) -> None:
        """Enter programming. Raises NoAnswer."""
        self._ask(_ENTER)

    def signature(self) -> bytes:
        """Return the three bytes that name the chip. Raises NoAnswer."""
        return self._ask(_READ_SIGNATURE, n_bytes=3)

    def write_page(self, address: int, data: bytes) -> None:
        """Write one whole page at byte `address`. Raises NoAnswer."""
        self._go_to(address)
        self._ask(_WRITE_PAGE + len(data).to_bytes(2, "big") + _FLASH + data)

    def read(self, address: int, n_bytes: int) -> bytes:
        """Return what stands in flash from byte `address` on. Raises NoAnswer."""
        self._go_to(address)
        return self._ask(_READ_PAGE + n_bytes.to_bytes(2, "big") + _FLASH, n_bytes=n_bytes)

    def leave(self) -> None:
        """Leave programming, so that the program starts. Raises NoAnswer."""
        self._ask(_LEAVE)

    def _go_to(self, address: int) -> None:
        self._ask(_LOAD_ADDRESS + (address // 2).to_bytes(2, "little"))

    def _ask(self, request: bytes, *, n_bytes: int = 0, within_s: float = ANSWER_S) -> bytes:
        self._link.write(request + _END)
        answer = self._take(n_bytes + 2, self._clock() + within_s)
        if answer[:1] != _IN_SYNC or answer[-1:] != _OK:
            raise NoAnswer(f"The answer to {request[:1].hex()} was {answer[:8].hex(' ')}.")
        return answer[1:-1]
