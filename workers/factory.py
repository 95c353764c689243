"""The Celery application: every setting with its reason. It wakes the product up; the truth stays in rows."""

from datetime import timedelta
from typing import Any

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init, worker_ready

from incidents.base import collector, logs
from incidents.base.settings import Settings
from workers.beat import end_when_asked
from workers.tasks import Runtime, register_tasks


def make_app(settings: Settings) -> Celery:
    """Celery for these settings: Redis when REDIS_URL is set, else ``memory://`` for worker and beat as threads."""
    app = Celery("incidens72", broker=settings.redis_url or "memory://", set_as_current=False)
    app.conf.update(
        timezone="UTC",
        enable_utc=True,
        task_serializer="json",
        accept_content=["json"],  # a broker is no place for pickles
        task_ignore_result=True,  # nobody reads results: the rows tell
        task_acks_late=True,  # with the next line: a killed task is run again, and running twice is harmless
        task_reject_on_worker_lost=True,
        task_time_limit=None if settings.embedded else 120,  # threads cannot be killed; every call has its own timeout
        worker_prefetch_multiplier=1,
        worker_max_tasks_per_child=1000,  # a slow leak never becomes a big one
        worker_soft_shutdown_timeout=30,
        worker_hijack_root_logger=False,
        worker_enable_remote_control=not settings.embedded,
        worker_cancel_long_running_tasks_on_connection_loss=True,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport=None if settings.embedded else "workers.broker:Transport",
        broker_transport_options=(
            {"polling_interval": 0.1}
            if settings.embedded
            # A half-open connection must not leave the worker deaf.
            else {"socket_timeout": 10, "socket_connect_timeout": 10, "health_check_interval": 25}
        ),
        beat_scheduler="workers.beat:SteadyScheduler",  # in memory: no file to corrupt
        beat_schedule=_schedule(settings),
        beat_max_loop_interval=5,
    )
    register_tasks(app, Runtime(settings))
    worker_init.connect(lambda **_: collector.spare(), weak=False, dispatch_uid="incidens72.collector")
    worker_ready.connect(_look_at_once, weak=False)
    beat_init.connect(end_when_asked)
    setup_logging.connect(lambda **_: logs.configure(settings.log_format), weak=False, dispatch_uid="incidens72.logs")
    return app


def _look_at_once(sender: Any, **_details: object) -> None:
    """Catch up as soon as a worker is there: beat's first tick would come an interval later."""
    for task in ("incidens72.sweep", "incidens72.deliver", "incidens72.webhooks", "incidens72.letters"):
        sender.app.send_task(task)


def _schedule(settings: Settings) -> dict[str, dict[str, object]]:
    """Ticks; a tick nobody took in two intervals has expired, so an outage leaves no backlog."""
    ticks = {
        "sweep": settings.sweep_seconds,
        "deliver": settings.deliver_seconds,
        "webhooks": settings.deliver_seconds,
        "letters": settings.deliver_seconds,
    }
    return {
        name: {
            "task": f"incidens72.{name}",
            "schedule": timedelta(seconds=seconds),
            "options": {"expires": 2 * seconds},
        }
        for name, seconds in ticks.items()
    }
