"""Every error that verifier raises on purpose, each with a remedy for the person who meets it.

VerifierError                  exit 1   something that verifier itself can name went wrong
├── InputError                 exit 2   what was handed in cannot be used; the remedy says what to send instead
│   ├── KeyReused                       an idempotency key came back with another request
│   ├── RevisionTaken                   a revision of a claim came again with other facts or files, or too late
│   ├── DecisionError                   a decision cannot be taken like that
│   ├── DecidedMeanwhile                somebody decided on the claim, or it was revised, since it was looked at
│   ├── TooManyTries                    wrong passwords for a name, one after the other
│   ├── KitError                        a brand kit does not say what it must, or its pictures cannot be used
│   ├── ClaimError                      the claim's facts are missing, contradictory or misspelt
│   └── ItemError                       one POE item cannot be read; the claim's other items still can
│       ├── MissingItem                 the file that was named is not there, or may not be opened
│       ├── EmptyItem                   no bytes at all
│       ├── TooLarge                    more bytes, pixels, pages or rows than the settings allow
│       ├── UnsupportedType             the content is of a type that is not read
│       ├── DamagedItem                 the content breaks off or contradicts itself
│       └── ProtectedItem               a password keeps the content closed
├── RuleError                  exit 3   a rule, an activity or a policy does not say what it must; names file and line
├── ModelError                 exit 3   a model is missing or its checksum is not its card's
├── ArchiveError               exit 4   the archive cannot be opened, or is of another version
│   └── Overtaken                       others filed while a claim was compared: it has to be compared with them, too
└── WorkerError                exit 5   a guarded process gave no answer
    ├── WorkerTimeout                   it ran past its wall or CPU limit and was killed
    ├── WorkerOutOfMemory               it asked for more memory than its limit
    └── WorkerCrash                     it died
"""

from __future__ import annotations

from collections.abc import Mapping


class VerifierError(Exception):
    """The root: `message` says what is wrong in one line, `remedy` what to do about it."""

    exit_code = 1

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)  # both, so that the error survives the way out of a worker
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}: {self.remedy}" if self.remedy else self.message


class InputError(VerifierError):
    exit_code = 2


class KeyReused(InputError):
    pass


class RevisionTaken(InputError):
    pass


class ClaimError(InputError):
    """`fields` says, where it is known, what is wrong with which field ("window.start": "is missing")."""

    def __init__(self, message: str, remedy: str = "", fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message, remedy)
        self.fields = dict(fields or {})


class KitError(InputError):
    """`fields` says what is wrong with which field of the kit ("logos.0": "logo.svg holds a script")."""

    def __init__(self, message: str, remedy: str = "", fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message, remedy)
        self.fields = dict(fields or {})


class DecisionError(InputError):
    """`fields` says what is wrong with which field of the decision ("amount": "is more than was claimed")."""

    def __init__(self, message: str, remedy: str = "", fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message, remedy)
        self.fields = dict(fields or {})


class DecidedMeanwhile(InputError):
    pass


class TooManyTries(InputError):
    """`seconds` until the next try."""

    def __init__(self, message: str, remedy: str = "", seconds: float = 0.0) -> None:
        super().__init__(message, remedy)
        self.seconds = seconds


class ItemError(InputError):
    pass


class MissingItem(ItemError):
    pass


class EmptyItem(ItemError):
    pass


class TooLarge(ItemError):
    pass


class UnsupportedType(ItemError):
    pass


class DamagedItem(ItemError):
    pass


class ProtectedItem(ItemError):
    pass


class RuleError(VerifierError):
    exit_code = 3


class ModelError(VerifierError):
    exit_code = 3


class ArchiveError(VerifierError):
    exit_code = 4


class Overtaken(ArchiveError):
    pass


class WorkerError(VerifierError):
    exit_code = 5


class WorkerTimeout(WorkerError):
    pass


class WorkerOutOfMemory(WorkerError):
    pass


class WorkerCrash(WorkerError):
    pass
