"""The style sheets and scripts that pages may load: an allow-list, each under an address that changes with its content.

Libraries come from ``node_modules`` (``npm ci``), our own files from ``static``. They are read once a process
and kept in memory together with their compressed form.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, request, url_for

from hub.kernel.settings import ROOT
from hub.web.security import access

log = logging.getLogger(__name__)

MODULES = ROOT / "node_modules"
OWN = Path(__file__).with_name("static")
FILES = {
    "pico.css": MODULES / "@picocss" / "pico" / "css" / "pico.min.css",
    "htmx.js": MODULES / "htmx.org" / "dist" / "htmx.min.js",
    "sse.js": MODULES / "htmx-ext-sse" / "dist" / "sse.min.js",
    "mind-elixir.js": MODULES / "mind-elixir" / "dist" / "MindElixirLite.iife.js",
    "mind-elixir.css": MODULES / "mind-elixir" / "dist" / "MindElixirLite.css",
    "console.css": OWN / "console.css",
    "console.js": OWN / "console.js",
    "map.js": OWN / "map.js",
    "icon.svg": OWN / "icon.svg",
}
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
}
EXTENSION = "hub_assets"
DIGEST_LENGTH = 12
FOR_EVER = "public, max-age=31536000, immutable"

blueprint = Blueprint("assets", __name__, url_prefix="/assets")


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its bytes, plain and compressed, its type and the digest in its address."""

    plain: bytes
    packed: bytes
    content_type: str
    digest: str


def init_app(app: Flask) -> None:
    """Reads the files and offers ``asset(name)``, an address, to every template."""
    app.extensions[EXTENSION] = {name: asset for name, path in FILES.items() if (asset := _read(path))}
    app.jinja_env.globals["asset"] = address
    app.register_blueprint(blueprint)


def address(name: str) -> str:
    """The address of one file of the allow-list. A file that is not installed has one too; it answers 404."""
    asset = current_app.extensions[EXTENSION].get(name)
    return url_for("assets.serve", digest=asset.digest if asset else "missing", name=name)


@blueprint.get("/<digest>/<name>")
@access("public")
def serve(digest: str, name: str) -> Response:
    """One file. The digest in the address only changes the address: an old page gets the present file."""
    asset: Asset | None = current_app.extensions[EXTENSION].get(name)
    if asset is None:
        abort(404)
    packed = request.accept_encodings.quality("gzip") > 0
    response = Response(asset.packed if packed else asset.plain, content_type=asset.content_type)
    response.headers["Cache-Control"] = FOR_EVER if digest == asset.digest else "no-cache"
    response.vary.add("Accept-Encoding")
    response.set_etag(asset.digest + ("-gzip" if packed else ""))
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.make_conditional(request)
    return response


@cache
def _read(path: Path) -> Asset | None:
    try:
        plain = path.read_bytes()
    except OSError:
        log.warning("a file of the console is missing: run npm ci", extra={"file": str(path.relative_to(ROOT))})
        return None
    digest = hashlib.sha256(plain).hexdigest()[:DIGEST_LENGTH]
    return Asset(plain, gzip.compress(plain, mtime=0), TYPES[path.suffix], digest)
