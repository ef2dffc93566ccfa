"""The WSGI entry: ``gunicorn wsgi:app`` and the ``flask`` command find the application here."""

from hub.cli import boot

app = boot()
