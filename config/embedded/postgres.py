"""The embedded PostgreSQL: one cluster, one database, one application role that is not a superuser."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg2
from psycopg2 import sql

from config.embedded.errors import ServicesError
from config.embedded.place import find_place, postgres_programs
from config.embedded.processes import dies_with_parent, end_remembered_process, free_port, remember_process
from config.embedded.sizing import shared_buffers_megabytes
from config.secrets import load_or_create_secret

ROLE = DATABASE = "halfmoon"
_LOG_LIMIT_BYTES = 8 * 1024 * 1024


class PostgresServer:
    """Starts, watches and stops the cluster of one home. One keeper per home uses it at a time."""

    service = "database"

    def __init__(self, home: Path, control: Path, *, throwaway: bool) -> None:
        self.control = control
        self.throwaway = throwaway
        self.password = load_or_create_secret(home, "database_password")
        self.superuser_password = load_or_create_secret(home, "database_superuser_password")
        self.place, self.account = find_place(control, self.service)
        self.programs = postgres_programs(self.place, self.account)
        self.data = self.place / "data"
        self.log = self.place / "server.log"
        self.pid_note = control / "server.json"
        self.port_note = control / "port"
        self.process: subprocess.Popen[bytes] | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"postgres://{ROLE}:{self.password}@127.0.0.1:{self.port}/{DATABASE}"

    def start(self) -> None:
        """Return when the database accepts the application role; raise ServicesError with the reason if it cannot."""
        if not end_remembered_process(self.pid_note, signal.SIGINT):
            raise ServicesError(
                f"An earlier PostgreSQL of {self.data} does not stop; end it by hand ({self.pid_note})."
            )
        if not (self.data / "PG_VERSION").exists():
            self._create_cluster()
        self._check_version()
        self._drop_stale_pid_file()
        if self.log.exists() and self.log.stat().st_size > _LOG_LIMIT_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        for attempt in range(5):
            self._launch()
            if self._wait_until_ready():
                break
            # Somebody took the port between probing and binding, or the previous server is still closing down.
            time.sleep(0.3 * (attempt + 1))
        else:
            raise ServicesError(f"PostgreSQL does not start. The end of {self.log}:\n{self._log_tail()}")
        self._provide_database()

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Fast shutdown: sessions are ended, everything committed is on disk."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait(30)
        self.pid_note.unlink(missing_ok=True)

    def _create_cluster(self) -> None:
        draft = self.place / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        password_file = self.place / "password.new"
        password_file.unlink(missing_ok=True)
        with open(os.open(password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(self.superuser_password)
        self.account.own(password_file)
        try:
            made = subprocess.run(
                [
                    str(self.programs / "initdb"),
                    *("-D", str(draft), "-U", "postgres", "-A", "scram-sha-256", f"--pwfile={password_file}"),
                    *("-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
                    *(["--no-sync"] if self.throwaway else []),
                ],
                capture_output=True,
                text=True,
                check=False,
                cwd=self.place,
                env=_ENVIRONMENT,
                preexec_fn=dies_with_parent(signal.SIGKILL),
                **self.account.popen_options(),  # type: ignore[call-overload]
            )
        finally:
            password_file.unlink()
        if made.returncode:
            raise ServicesError(f"initdb failed for {draft}:\n{made.stdout}{made.stderr}")
        # Only a finished cluster gets the real name, so a start that was killed half way is simply done again.
        draft.rename(self.data)

    def _check_version(self) -> None:
        stored = (self.data / "PG_VERSION").read_text().strip()
        answer = subprocess.run(
            [str(self.programs / "postgres"), "--version"], capture_output=True, text=True, check=True
        )
        ours = answer.stdout.split()[-1]
        if stored != ours.partition(".")[0]:
            raise ServicesError(
                f"The data in {self.data} belongs to PostgreSQL {stored}, the installed server is {ours}. "
                "Dump with the old version and load with the new one, or point DATABASE_URL to a server."
            )

    def _drop_stale_pid_file(self) -> None:
        """After a power cut the number in postmaster.pid may belong to a stranger, and PostgreSQL would not start."""
        path = self.data / "postmaster.pid"
        try:
            pid = int(path.read_text().split("\n", 1)[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError):
            return  # nothing there, or nobody has that number: PostgreSQL cleans up by itself
        if b"postgres" not in command:
            path.unlink()

    def _launch(self) -> None:
        preferred = int(self.port_note.read_text()) if self.port_note.exists() else None
        self.port = free_port(preferred)
        self.port_note.write_text(str(self.port))
        arguments = [str(self.programs / "postgres"), "-D", str(self.data), "-p", str(self.port)]
        for name, value in self._settings().items():
            arguments += ["-c", f"{name}={value}"]
        with self.log.open("ab") as log:
            self.account.own(self.log)
            self.process = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.place,
                env=_ENVIRONMENT,
                start_new_session=True,
                preexec_fn=dies_with_parent(signal.SIGINT),
                **self.account.popen_options(),  # type: ignore[call-overload]
            )
        remember_process(self.pid_note, self.process.pid)

    def _settings(self) -> dict[str, str]:
        buffers = shared_buffers_megabytes()
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",  # nothing to reach but the password-protected loopback port
            "max_connections": "200",
            "max_locks_per_transaction": "256",
            "shared_buffers": f"{buffers}MB",
            "effective_cache_size": f"{buffers * 2}MB",
            "maintenance_work_mem": f"{max(64, buffers // 4)}MB",
            "work_mem": "16MB",
            "max_wal_size": "4GB",
            "checkpoint_timeout": "15min",
            "wal_compression": "on",
            "random_page_cost": "1.1",
            "jit": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_line_prefix": "%m [%p] %d ",
        }
        if _shared_memory_is_small():
            settings["dynamic_shared_memory_type"] = "mmap"
        if self.throwaway:
            settings |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
        return settings

    def _wait_until_ready(self) -> bool:
        """True when it accepts connections, however long recovery takes; False when it exited."""
        while self.alive():
            try:
                self._connect("postgres").close()
            except psycopg2.OperationalError as error:
                if "password authentication failed" in str(error):
                    self.stop()
                    raise ServicesError(
                        f"The password in the secrets folder does not open the data in {self.data}. "
                        "Put back the file secrets/database_superuser_password that belongs to it."
                    ) from None
                time.sleep(0.03)
            else:
                return True
        return False

    def _connect(self, database: str) -> psycopg2.extensions.connection:
        connection = psycopg2.connect(
            host="127.0.0.1",
            port=self.port,
            user="postgres",
            password=self.superuser_password,
            dbname=database,
            connect_timeout=5,
            sslmode="disable",
        )
        connection.autocommit = True
        return connection

    def _provide_database(self) -> None:
        with self._connect("template1") as connection, connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        connection.close()
        connection = self._connect("postgres")
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
            verb = "ALTER" if cursor.fetchone() else "CREATE"
            cursor.execute(
                sql.SQL("{} ROLE {} LOGIN NOSUPERUSER CREATEDB NOBYPASSRLS PASSWORD %s").format(
                    sql.SQL(verb), sql.Identifier(ROLE)
                ),
                [self.password],
            )
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if not cursor.fetchone():
                cursor.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(ROLE))
                )
        connection.close()

    def _log_tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-12:])


_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _shared_memory_is_small() -> bool:
    """Containers often give 64 MB, on which parallel queries fail."""
    try:
        return shutil.disk_usage("/dev/shm").total < 256 * 1024 * 1024
    except OSError:
        return False
