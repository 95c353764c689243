"""The routes of the JSON API under /api/v1; the web application includes them."""

from typing import Any

handlers: list[Any] = []
