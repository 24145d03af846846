"""Pseudo-terminals: real serial ports to the program under test. POSIX only."""

import os
import select
import termios
import threading
import tty


class Pty:
    """A pseudo-terminal: `path` for the program under test, `master` for the test."""

    def __init__(self):
        self.master, slave = os.openpty()
        tty.setraw(slave)
        self.path = os.ttyname(slave)
        # Kept open, so that the master can be read before anybody opens the port.
        self._slave = slave

    def send(self, data):
        os.write(self.master, data)

    def received(self, n_bytes):
        """Return the next `n_bytes` the other side wrote, waiting for them."""
        data = b""
        while len(data) < n_bytes:
            data += os.read(self.master, n_bytes - len(data))
        return data

    @property
    def speed(self):
        """Return the output speed constant the port was set to."""
        return termios.tcgetattr(self._slave)[5]

    def unplug(self):
        """Hang the terminal up, as an unplugged USB port does."""
        for fd in (self.master, self._slave):
            if fd is not None:
                os.close(fd)
        self.master = self._slave = None

    def close(self):
        if self.master is not None:
            self.unplug()


class PtyBoard(Pty):
    """A `ScriptedBoard` behind a pseudo-terminal, in a thread of its own."""

    def __init__(self, board):
        super().__init__()
        self.board = board
        self._ending, self._end = os.pipe()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self):
        while True:
            ready, _, _ = select.select([self.master, self._ending], [], [])
            if self._ending in ready:
                return
            answer = self.board.receive(os.read(self.master, 4096))
            if answer:
                self.send(answer)

    def unplug(self):
        self._stop_serving()
        super().unplug()

    def close(self):
        self._stop_serving()
        super().close()
        os.close(self._ending)
        os.close(self._end)

    def _stop_serving(self):
        os.write(self._end, b"x")
        self._thread.join()
