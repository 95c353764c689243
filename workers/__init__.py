"""Celery: wakes the product up; the truth stays in rows."""
