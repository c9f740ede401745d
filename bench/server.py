"""The server under test, its embedded Postgres, and a client for each."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from . import processes, settings

# Access tokens live for fifteen minutes.
TOKEN_AGE = 300


class Failed(Exception):
    """The server, or Postgres, did not do what it was asked."""


class Server:
    """Runs while the `with` block does."""

    def __init__(self, tools):
        self.tools = tools
        self.process = None
        self.tokens = {}

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        log = open(settings.SCRATCH / "server.log", "ab")
        # As shipped: nothing but where to listen and where to keep its data.
        self.process = subprocess.Popen([settings.BINARY, "serve"], env=environment(), stdout=log, stderr=log, cwd=settings.SCRATCH)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if self.request("GET", "/health")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.05)
        self.stop()
        raise Failed(f"the server did not start: see {log.name}")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def restart(self):
        self.stop()
        self.start()

    @property
    def base(self):
        return f"http://127.0.0.1:{settings.PORT}"

    # Requests

    def request(self, method, path, body=None, token=None, headers=None, connection=None):
        """Status and body of one answer."""
        own = connection or http.client.HTTPConnection("127.0.0.1", settings.PORT, timeout=600)
        headers = {"content-type": "application/json", **({"authorization": f"Bearer {token}"} if token else {}), **(headers or {})}
        own.request(method, path, body and body.encode(), headers)
        answer = own.getresponse()
        text = answer.read()
        if not connection:
            own.close()
        return answer.status, text

    def ask(self, method, path, body=None, token=None, **more):
        """The answer to a request that has to succeed."""
        status, text = self.request(method, path, None if body is None else json.dumps(body), token, **more)
        answer = json.loads(text) if text else None
        if status >= 300 or (isinstance(answer, dict) and answer.get("errors")):
            raise Failed(f"{method} {path}: {status} {text[:500].decode()}")
        return answer

    def sign_in(self, email, password, tenant):
        """An access token that is good for ten minutes at least."""
        token, since = self.tokens.get((email, tenant), (None, 0))
        if time.monotonic() - since > TOKEN_AGE:
            token = self.ask("POST", "/api/v1/auth/login", {"email": email, "password": password, "tenant": tenant})["access_token"]
            self.tokens[email, tenant] = token, time.monotonic()
        return token

    def sign_up(self, slug):
        """The token of a new tenant's first admin."""
        new = {"tenant_name": slug, "tenant_slug": slug, "email": f"admin@{slug}.example", "password": f"the password of {slug}"}
        token = self.ask("POST", "/api/v1/auth/signup", new)["access_token"]
        self.tokens[new["email"], slug] = token, time.monotonic()
        return token

    def admin(self, slug):
        """The token of the admin who signed up."""
        return self.sign_in(f"admin@{slug}.example", f"the password of {slug}", slug)

    # Processes

    @property
    def pid(self):
        return self.process.pid

    @property
    def _postmaster(self):
        """Its pid, then its other particulars, as Postgres notes them."""
        return (settings.DATA / "postgres" / "postmaster.pid").read_text().splitlines()

    @property
    def postmaster(self):
        return int(self._postmaster[0])

    def cpu(self):
        """Seconds of CPU so far: of the server, of Postgres."""
        return processes.cpu(self.pid), processes.cpu_with_children(self.postmaster)

    # Postgres

    def postgres_environment(self, schema=None):
        """What psql and pgbench need to come in as the superuser."""
        cluster = settings.DATA / "postgres"
        variables = {"PGHOST": self._postmaster[4], "PGPORT": self._postmaster[3], "PGUSER": "postgres", "PGDATABASE": "tessera"}
        search_path = {"PGOPTIONS": f"-c search_path={schema},public"} if schema else {}
        return {**os.environ, **variables, **search_path, "PGPASSFILE": str(cluster / "pgpass")}

    def sql(self, text, schema=None, **variables):
        """What statements answer, as text; `:name` in them is a variable."""
        sets = [word for name, value in variables.items() for word in ("-v", f"{name}={value}")]
        command = [self.tools.psql, "-XAtq", "-v", "ON_ERROR_STOP=1", *sets, "-f", "-"]
        ran = subprocess.run(command, input=text, capture_output=True, text=True, env=self.postgres_environment(schema))
        if ran.returncode:
            raise Failed(f"psql: {ran.stderr.strip()}")
        return ran.stdout.strip()

    def settle(self, schema, *tables):
        """Dead rows cleared away and everything written, so that one run leaves nothing for the next to do."""
        self.sql("".join(f"VACUUM {table};\n" for table in tables) + "CHECKPOINT;", schema)


def environment():
    """Nothing of the caller's settings reaches the server."""
    foreign = {"DATABASE_URL", "JWT_SECRET", "TESSERA_CONFIG", "HOST", "SIGNUP", "LOG", "LOG_FORMAT", "DATABASE_CONNECTIONS", "CORS_ORIGIN"}
    kept = {name: value for name, value in os.environ.items() if name not in foreign}
    return {**kept, "PORT": str(settings.PORT), "DATA_DIR": str(settings.DATA)}


def command(*words):
    """A command of the server's, on the same data. The server must not run."""
    ran = subprocess.run([settings.BINARY, *words], env=environment(), capture_output=True, text=True, cwd=settings.SCRATCH)
    if ran.returncode:
        raise Failed(f"tessera {' '.join(words)}: {ran.stderr.strip()}")


def remove_data():
    """The data directory, and the cluster where a link leads to it."""
    if settings.DATA.exists():
        cluster = Path(settings.DATA / "postgres")
        if cluster.is_symlink():
            shutil.rmtree(cluster.resolve(), ignore_errors=True)
        shutil.rmtree(settings.DATA)
