"""The application in a thread of another program."""

from __future__ import annotations

import itertools
import threading
from types import TracebackType

from mockapi.app import create_app
from mockapi.serving import Uvicorn, base_url, listen, served
from mockapi.settings import Settings
from mockapi.testing.mock import Mock


class Server(Mock):
    """A server in a thread, on a free port unless told otherwise, and a handle on its project `default`.

    `with Server() as mock: mock.openai().chat.completions.create(...)`
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings(port=0)
        self.app = create_app(self.settings)
        self._listener = listen(self.settings)
        controls_key = self.settings.controls.partition("key:")[2]
        super().__init__(base_url(self._listener), f"sk-mock-tier{self.settings.tier}-default", controls_key)
        self._numbers = itertools.count(1)
        self._server = Uvicorn(served(self.app, self.settings), self.app.api.worlds)
        self._thread = threading.Thread(target=self._server.run, args=([self._listener],), name="mockapi", daemon=True)

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def project(self, name: str | None = None, tier: str | int | None = None) -> Mock:
        """A project by its name, or a fresh one, on a usage tier (the server's own, where none is given). Raises as `Mock.project`."""
        named = f"fresh-{next(self._numbers)}" if name is None else name
        return super().project(named, self.settings.tier if tier is None else tier)

    def start(self) -> None:
        # The socket listens already: what connects before the thread is ready waits in its queue.
        self._thread.start()

    def stop(self) -> None:
        """Finish open answers and end the thread."""
        self._server.should_exit = True
        self._thread.join(self.settings.drain_seconds + 5)
        self._listener.close()
