"""STK500 version 2, spoken by the boot loader of the Mega 2560.

Messages and commands: Atmel application note AVR068, "STK500 Communication Protocol".
"""

from __future__ import annotations

from emgfeedback.flashing.boot_loader import ANSWER_S, SYNC_EVERY_S, BootLoader, NoAnswer

_START, _TOKEN = 0x1B, 0x0E
_OK = 0x00
_SIGN_ON, _LOAD_ADDRESS, _ENTER, _LEAVE = 0x01, 0x06, 0x10, 0x11
_WRITE_FLASH, _READ_FLASH, _READ_SIGNATURE = 0x13, 0x14, 0x1B
_HEAD_BYTES = 5
_LONG_ADDRESS = 0x8000_0000
"""Marks a word address of a chip with more than 64 Ki words."""
# Values for an in-system programmer (delays, instructions of the chip); boot loaders skip them.
_ENTER_PARAMETERS = bytes((200, 100, 25, 32, 0, 0x53, 3, 0xAC, 0x53, 0, 0))
_LEAVE_PARAMETERS = bytes((1, 1))
_WRITE_PARAMETERS = bytes((0xC1, 10, 0x40, 0x4C, 0x20, 0, 0))
_READ_PARAMETERS = bytes((0x20,))
_SIGNATURE_INSTRUCTION = 0x30


class Stk500v2(BootLoader):
    """The boot loader of a Mega 2560. It erases page after page, whatever the address."""

    erases_each_page = False

    _sequence = 0

    def sync(self, seconds: float) -> bool:
        """Knock until the boot loader answers; False if it does not within `seconds`."""
        end_s = self._clock() + seconds
        while self._clock() < end_s:
            self._refuse_if_cancelled()
            self._forget_unread()
            try:
                self._ask(_SIGN_ON, within_s=SYNC_EVERY_S)
            except NoAnswer:
                continue
            return True
        return False

    def begin(self) -> None:
        """Enter programming. Raises NoAnswer."""
        self._ask(_ENTER, _ENTER_PARAMETERS)

    def signature(self) -> bytes:
        """Return the three bytes that name the chip. Raises NoAnswer."""
        signature = bytearray()
        for index in range(3):
            answer = self._ask(
                _READ_SIGNATURE, bytes((4, _SIGNATURE_INSTRUCTION, 0, index, 0)), n_bytes=2
            )
            signature.append(answer[0])
        return bytes(signature)

    def write_page(self, address: int, data: bytes) -> None:
        """Write one whole page at byte `address`. Raises NoAnswer."""
        self._go_to(address)
        self._ask(_WRITE_FLASH, len(data).to_bytes(2, "big") + _WRITE_PARAMETERS + data)

    def read(self, address: int, n_bytes: int) -> bytes:
        """Return what stands in flash from byte `address` on. Raises NoAnswer."""
        self._go_to(address)
        request = n_bytes.to_bytes(2, "big") + _READ_PARAMETERS
        return self._ask(_READ_FLASH, request, n_bytes=n_bytes + 1)[:-1]

    def leave(self) -> None:
        """Leave programming, so that the program starts. Raises NoAnswer."""
        self._ask(_LEAVE, _LEAVE_PARAMETERS)

    def _go_to(self, address: int) -> None:
        self._ask(_LOAD_ADDRESS, (_LONG_ADDRESS | address // 2).to_bytes(4, "big"))

    def _ask(
        self,
        command: int,
        parameters: bytes = b"",
        *,
        n_bytes: int | None = None,
        within_s: float = ANSWER_S,
    ) -> bytes:
        """Send one message and return what follows command and status in the answer."""
        self._sequence = (self._sequence + 1) % 256
        body = bytes((command,)) + parameters
        head = bytes((_START, self._sequence)) + len(body).to_bytes(2, "big") + bytes((_TOKEN,))
        message = head + body
        self._link.write(message + bytes((_parity(message),)))
        answer = self._message(self._clock() + within_s)
        right_length = n_bytes is None or len(answer) == n_bytes + 2
        if answer[:2] != bytes((command, _OK)) or not right_length:
            raise NoAnswer(f"The answer to {command:02x} was {answer[:8].hex(' ')}.")
        return answer[2:]

    def _message(self, end_s: float) -> bytes:
        """Return the body of the message that answers the last one, skipping anything else."""
        while True:
            if self._take(1, end_s)[0] != _START:
                continue
            head = self._take(_HEAD_BYTES - 1, end_s)
            if head[0] != self._sequence or head[3] != _TOKEN:
                self._unread = head + self._unread
                continue
            rest = self._take(int.from_bytes(head[1:3], "big") + 1, end_s)
            if _parity(head + rest) != _START:
                raise NoAnswer("A damaged answer came.")
            return rest[:-1]


def _parity(data: bytes) -> int:
    parity = 0
    for byte in data:
        parity ^= byte
    return parity
