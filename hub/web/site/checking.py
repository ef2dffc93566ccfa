"""Looks a built site over before people do: links, sizes, compressed copies, and nothing that the policy would stop."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from lxml import etree
from lxml import html as lxml_html

from hub.kernel.phrase import Phrase
from hub.web.site.files import PLAIN_ONLY
from hub.web.site.manifest import KnownFiles, all_files
from hub.web.site.place import PACKED, Place, file_of

# Ten packets of 1,460 bytes may be sent unasked (RFC 6928); the rest of them is for headers.
FIRST_RESPONSE = 13 * 1024
DATA_BLOCK = "application/ld+json"
POLICY = ".//meta[@http-equiv='Content-Security-Policy']"
STYLE_HASH = re.compile(r"'sha256-([A-Za-z0-9+/=]+)'")
LINKS = ("href", "src")


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with one file."""

    path: str
    says: Phrase


class Checker:
    """Checks every file of a built site.

    Args:
        place: the site.
        languages: its languages.
        base_url: its address.
        answered: whether the running hub answers an address that no file has, such as a form.
    """

    def __init__(
        self, place: Place, languages: tuple[str, ...], base_url: str, answered: Callable[[str], bool]
    ) -> None:
        self._place = place
        self._languages = languages
        self._base = urlsplit(base_url).netloc
        self._answered = answered
        self._resolved: dict[str, bool] = {}

    def flaws(self) -> Iterator[Flaw]:
        """Everything that is wrong, file by file."""
        known = all_files(self._place)
        for path in sorted(known):
            try:
                content = (self._place.site / path).read_bytes()
            except OSError:
                yield Flaw(path, Phrase("the file is not there"))
                continue
            yield from self._packed(path, content)
            if path.endswith(".html"):
                yield from self._page(path, content, known)

    def _packed(self, path: str, content: bytes) -> Iterator[Flaw]:
        file = self._place.site / (path + PACKED)
        if file.suffix in PLAIN_ONLY or (self._place.site / path).suffix in PLAIN_ONLY:
            return
        try:
            packed = file.read_bytes()
        except OSError:
            yield Flaw(path, Phrase("it has no compressed copy"))
            return
        if gzip.decompress(packed) != content:
            yield Flaw(path, Phrase("its compressed copy says something else"))
        if path.endswith(".html") and len(packed) > FIRST_RESPONSE:
            yield Flaw(
                path, Phrase("%(size)s bytes compressed, %(most)s at most", size=len(packed), most=FIRST_RESPONSE)
            )

    def _page(self, path: str, content: bytes, known: KnownFiles) -> Iterator[Flaw]:
        tree = lxml_html.fromstring(content)
        named = {value for node in tree.iter() for name in LINKS if (value := node.get(name))}
        for address in sorted(named):
            if not self._leads_somewhere(address, known):
                yield Flaw(path, Phrase("the link %(address)s leads nowhere", address=address))
        yield from self._policy(path, tree)

    def _leads_somewhere(self, address: str, known: KnownFiles) -> bool:
        parts = urlsplit(address)
        if (parts.scheme and parts.netloc != self._base) or (parts.netloc and parts.netloc != self._base):
            return True  # elsewhere
        if not parts.path:
            return True  # this page
        local = unquote(parts.path)
        if local not in self._resolved:
            files = [file_of(local), *(file_of(local, language) for language in self._languages)]
            self._resolved[local] = any(each in known for each in files) or self._answered(local)
        return self._resolved[local]

    def _policy(self, path: str, tree: etree._Element) -> Iterator[Flaw]:
        declared = tree.find(POLICY)
        if declared is None:
            yield Flaw(path, Phrase("it carries no content policy"))
            return
        allowed = set(STYLE_HASH.findall(declared.get("content", "")))
        for style in tree.iter("style"):
            digest = base64.b64encode(hashlib.sha256((style.text or "").encode()).digest()).decode()
            if digest not in allowed:
                yield Flaw(path, Phrase("its policy stops its own style"))
        scripts = [each for each in tree.iter("script") if each.get("type") != DATA_BLOCK]
        if scripts or tree.xpath("//@style | //@*[starts-with(name(), 'on')]"):
            yield Flaw(path, Phrase("it holds a script or a style that the policy stops"))
