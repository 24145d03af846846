"""The register as a screen uses it: opened and asked on one thread of its own, polled for answers.

The thread is a thin shell: everything it does is a call of `Register` that tests make directly.
Opening it takes a moment (migrations, keys), so a window is on screen before it is asked.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from emgfeedback.core.errors import AccessError, EmgFeedbackError
from emgfeedback.core.files import PLAIN, Files

if TYPE_CHECKING:
    from emgfeedback.people.register import Register

T = TypeVar("T")
log = logging.getLogger(__name__)
_UNEXPECTED = "Something went wrong inside; the log says more. Nothing was changed."


class DeskState(Enum):
    """What the register can do now."""

    OPENING = "opening"
    LOCKED = "locked"
    """A passphrase is set and was not given yet."""
    OPEN = "open"
    FAILED = "failed"
    """It cannot be opened; `Desk.message` says why."""
    CLOSED = "closed"


class Answer(Generic[T]):
    """What a question will have brought, once `done`: `value`, or `error` in words.

    `refusal` is the expected failure `error` tells of.
    """

    def __init__(self) -> None:
        self.value: T | None = None
        self.error = ""
        self.refusal: EmgFeedbackError | None = None
        self._ended = threading.Event()

    @property
    def done(self) -> bool:
        """Whether the question was answered, well or not."""
        return self._ended.is_set()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for the answer; return whether it is there. Never call it on the screen's thread."""
        return self._ended.wait(timeout_s)

    def settle(self, work: Callable[[], T]) -> None:
        """Do `work` and keep what it returns or refuses."""
        try:
            self.value = work()
        except EmgFeedbackError as error:
            self.error, self.refusal = str(error), error
        except Exception:
            log.exception("a question to the register failed")
            self.error = _UNEXPECTED
        finally:
            self._ended.set()

    def take_over(self, other: Answer[T]) -> None:
        """Be answered as `other` was."""
        self.value, self.error, self.refusal = other.value, other.error, other.refusal
        self._ended.set()


class Desk:
    """Asks the register in order, off the screen's thread.

    Parameters
    ----------
    open_register
        Opens the register; given the passphrase, or empty. Raises EmgFeedbackError.
    locked
        Whether a passphrase is needed first.

    Attributes
    ----------
    state, message
        What can be done now, and why not.
    changes
        Rises with everything that may have changed the register: a page that shows an older
        number asks again.
    patient_id
        The one patient it is handed over to; empty for a clinician.
    """

    def __init__(self, open_register: Callable[[str], Register], *, locked: bool = False) -> None:
        self._open = open_register
        self._register: Register | None = None
        self._files: Files = PLAIN
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="emg-desk", daemon=True)
        self._needs_passphrase = locked
        self.state = DeskState.LOCKED if locked else DeskState.OPENING
        self.message = ""
        self.changes = 0
        self.patient_id = ""

    def start(self) -> None:
        """Begin to open the register, unless a passphrase is needed first."""
        self._thread.start()
        if self.state is DeskState.OPENING:
            self.unlock("")

    @property
    def files(self) -> Files:
        """What opens the files of the data folder, and makes new ones.

        Raises
        ------
        AccessError
            The records are locked.
        """
        if self._needs_passphrase and self.state is not DeskState.OPEN:
            raise AccessError("The records are locked.", "Unlock them first.")
        return self._files

    def keep_files(self, files: Files) -> None:
        """Keep what opens the files until the register is closed; for who opens it."""
        self._files = files

    def unlock(self, passphrase: str) -> Answer[None]:
        """Open the register with `passphrase`."""
        answer: Answer[None] = Answer()
        self._jobs.put(lambda: self._unlock(answer, passphrase))
        return answer

    def lock(self) -> Answer[None]:
        """Close the register until the passphrase is given again, after what was asked before."""
        answer: Answer[None] = Answer()
        self._jobs.put(lambda: answer.settle(self._lock))
        return answer

    def hand_over(self, patient_id: str) -> Answer[None]:
        """Let the person at the screen see and add what is this patient's own, nothing else.

        Locking and unlocking gives it back to the clinician.
        """
        return self.ask(lambda register: self._hand_over(register, patient_id), changes=True)

    def rebuild(self, work: Callable[[], T], secret: str) -> Answer[T]:
        """Close the register, do `work` on its folder, and open it again with `secret`.

        It is opened again also where `work` fails, if `secret` still opens it.
        """
        answer: Answer[T] = Answer()
        self._jobs.put(lambda: self._rebuild(answer, work, secret))
        return answer

    def ask(self, question: Callable[[Register], T], *, changes: bool = False) -> Answer[T]:
        """Ask the register something; `changes` where it may come out changed."""
        answer: Answer[T] = Answer()
        self._jobs.put(lambda: self._answer(answer, question, changes=changes))
        return answer

    def close(self, timeout_s: float = 10.0) -> None:
        """Answer what was asked, close the register and end the thread."""
        if self._thread.is_alive():
            self._jobs.put(None)
            self._thread.join(timeout_s)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
        self._shut()
        self.state = DeskState.CLOSED

    def _unlock(self, answer: Answer[None], passphrase: str) -> None:
        def open_it() -> None:
            self._shut()
            self._register = self._open(passphrase)

        opened: Answer[None] = Answer()
        opened.settle(open_it)
        self.message = opened.error
        if not opened.error:
            self.state = DeskState.OPEN
            self.changes += 1
        else:
            self.state = DeskState.LOCKED if self._needs_passphrase else DeskState.FAILED
        answer.take_over(opened)

    def _lock(self) -> None:
        self.state = DeskState.LOCKED
        self._needs_passphrase = True
        self._shut()
        self.changes += 1

    def _rebuild(self, answer: Answer[Any], work: Callable[[], Any], secret: str) -> None:
        self.state = DeskState.OPENING
        self._needs_passphrase = True
        self._shut()
        done: Answer[Any] = Answer()
        done.settle(work)
        self._unlock(Answer(), secret)
        answer.take_over(done)

    def _hand_over(self, register: Register, patient_id: str) -> None:
        self._register = register.for_patient(patient_id)
        self.patient_id = patient_id

    def _answer(
        self, answer: Answer[Any], question: Callable[[Register], Any], *, changes: bool
    ) -> None:
        register = self._register
        if register is None:
            answer.settle(self._refuse)
            return
        answer.settle(lambda: question(register))
        if changes and not answer.error:
            self.changes += 1

    def _refuse(self) -> None:
        raise EmgFeedbackError(
            self.message or "The records are locked.", "" if self.message else "Unlock them first."
        )

    def _shut(self) -> None:
        if self._register is not None:
            self._register.database.close()
            self._register = None
        self._files, self.patient_id = PLAIN, ""
