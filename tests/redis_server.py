"""A Redis of the tests' own: a real server on a socket in a folder of its own, which can be stopped and started again."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from types import TracebackType

import redis


class RedisServer:
    """`with RedisServer() as server`: `server.url` is for `--store`. What it was told is written to its file before it answers."""

    def __init__(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="redis", dir="/tmp")
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"unix://{self._folder}/socket"

    def __enter__(self) -> RedisServer:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        told = ["--port", "0", "--unixsocket", f"{self._folder}/socket", "--dir", self._folder, "--save", ""]
        self._process = subprocess.Popen(
            ["redis-server", *told, "--appendonly", "yes", "--appendfsync", "always"], stdout=subprocess.DEVNULL
        )
        with redis.Redis.from_url(self.url) as client:
            for _ in range(500):
                try:
                    if client.ping():
                        return
                except redis.RedisError:
                    time.sleep(0.01)
        raise AssertionError("the Redis server did not start")

    def stop(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()
