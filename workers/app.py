"""The application that ``celery -A workers.app worker`` and ``beat`` load."""

from incidents.base.settings import SettingsError, load_settings
from workers.factory import make_app

_settings = load_settings()
if _settings.embedded:
    raise SettingsError(
        "A worker of its own needs REDIS_URL: memory:// exists only inside the process of `incidens72 up`."
    )
app = make_app(_settings)
