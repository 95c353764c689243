"""Worker and beat as threads of the web process: the embedded default, one process and nothing to install."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from celery.beat import EmbeddedService

from incidents.base.settings import Settings
from workers.beat import SteadyScheduler
from workers.factory import make_app

STOP_SECONDS = 10.0


@contextmanager
def worker_and_beat(settings: Settings) -> Iterator[None]:
    """Run a worker (a thread for each task that may wait for somebody, one more for the sweep) and beat."""
    app = make_app(settings)
    worker = app.WorkController(
        pool_cls="threads",
        concurrency=4,
        without_mingle=True,
        without_gossip=True,
        without_heartbeat=True,
        quiet=True,
    )
    # The in-memory scheduler keeps no file; daemon threads, so that a hanging SMTP server cannot hold a shutdown.
    beat = EmbeddedService(app, thread=True, scheduler_cls=SteadyScheduler)
    beat.daemon = True
    thread = Thread(target=worker.start, name="worker", daemon=True)
    thread.start()
    beat.start()
    try:
        yield
    finally:
        beat.stop()
        worker.stop(in_sighandler=False)
        thread.join(STOP_SECONDS)
