"""Adapters are found and held to the contract; ``channels.toml`` is read with all its faults at once."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from hub.channels.contract import Surroundings
from hub.channels.registry import ChannelsError, discover, load_channels
from tests.channels.adapter_contract import AdapterContract

ROOT = Path(__file__).parents[2]
ADAPTER_TESTS = Path(__file__).parent / "adapters"


@pytest.mark.parametrize("kind", sorted(discover()))
def test_every_adapter_has_a_test_module_that_inherits_the_contract_test(kind: str) -> None:
    assert (ADAPTER_TESTS / f"test_{kind}.py").exists()
    module = importlib.import_module(f"tests.channels.adapters.test_{kind}")
    inherited = [
        member
        for name, member in vars(module).items()
        if name.startswith("Test") and isinstance(member, type) and issubclass(member, AdapterContract)
    ]
    assert [member.kind for member in inherited] == [kind]


# --- discovery

GOOD = """
import marshmallow as ma
from hub.channels.contract import Acceptance, ChannelAdapter
from hub.kernel.phrase import Phrase
class Good(ChannelAdapter):
    kind, label, form = "good", Phrase("Good"), "long"
    multilingual, single, idempotent = True, True, False
    settings_schema = ma.Schema.from_dict({})
    def render(self, message): return {}
    def preview(self, body): return []
    def send(self, outgoing): return Acceptance("1")
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """An importable package of adapters; write files into its directory, then discover."""
    name = f"adapters_of_{tmp_path.name.replace('-', '_')}"
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield importlib.import_module(name)
    for module in [module for module in sys.modules if module.startswith(name)]:
        del sys.modules[module]


def write(package: ModuleType, name: str, source: str) -> None:
    (Path(package.__path__[0]) / f"{name}.py").write_text(source)
    importlib.invalidate_caches()


def test_an_adapter_is_found_by_its_file(package: ModuleType) -> None:
    write(package, "good", GOOD)
    assert list(discover(package)) == ["good"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kind, label, form = "good"', 'kind, label, form = "other"', "kind must be 'good'"),
        ('Phrase("Good")', '"Good"', "label must be a Phrase"),
        ('"long"\n', '"smoke"\n', "form must be one of"),
        ("= True, True, False", '= "yes", True, False', "multilingual must be"),
        ("multilingual, single, idempotent = True, True, False", "multilingual = True", "single must be"),
        ("= True, True, False", "= True, False, False", "needs its own check_address"),
        ("ma.Schema.from_dict({})", "{}", "marshmallow schema"),
        ("    def send", "    def post", "lacks send"),
        ("    def send", "    can_edit = True\n    def send", "needs a method edit"),
        ("    def send", "    can_read_back = True\n    def send", "a method read_back"),
        ("    def send", "    idempotency_window = 5\n    def send", "positive timedelta"),
        ("class Good", "raise RuntimeError('broken')\nclass Good", "cannot be imported: RuntimeError: broken"),
        ("class Good", "class Good(", "cannot be imported: SyntaxError"),
        ("class Good(ChannelAdapter)", "class Good", "exactly one adapter, found 0"),
    ],
)
def test_an_adapter_that_breaks_the_contract_stops_the_start(
    package: ModuleType, old: str, new: str, said: str
) -> None:
    write(package, "good", GOOD.replace(old, new))
    with pytest.raises(ChannelsError, match=re.escape(said)) as caught:
        discover(package)
    assert all(fault.startswith("adapter good: ") for fault in caught.value.faults)


def test_the_faults_of_all_adapters_are_told_at_once(package: ModuleType) -> None:
    write(package, "good", GOOD.replace('"good"', '"bad"'))
    write(package, "second", "1 / 0")
    with pytest.raises(ChannelsError) as caught:
        discover(package)
    assert len(caught.value.faults) == 2


# --- channels.toml


def load(tmp_path: Path, hub: Surroundings, content: str, languages: tuple[str, ...] = ("fr", "en")) -> dict:
    file = tmp_path / "channels.toml"
    file.write_text(content, encoding="utf-8")
    return load_channels(file, hub, languages)


def channel(**changes: str) -> str:
    lines = {"id": '"essai"', "kind": '"spool"', "label": '"Essai"', "exercise": "true", **changes}
    return "[[channel]]\n" + "".join(f"{key} = {value}\n" for key, value in lines.items() if value)


def test_the_shipped_file_holds_harmless_channels_only(hub: Surroundings) -> None:
    channels = load_channels(ROOT / "config" / "channels.toml", hub, ("fr", "en"))
    assert {name: (entry.kind, entry.exercise, entry.languages) for name, entry in channels.items()} == {
        "flux-cap": ("cap_feed", True, ("fr", "en")),
        "site-public": ("public_site", True, ("fr", "en")),
        "essai": ("spool", True, ("fr", "en")),
    }


@pytest.mark.parametrize(("written", "rate"), [("", None), ("60", 60), ("0.5", 0.5), ("60000", 60_000)])
def test_a_channel_may_have_a_rate(tmp_path: Path, hub: Surroundings, written: str, rate: float | None) -> None:
    assert load(tmp_path, hub, channel(rate_per_minute=written))["essai"].rate_per_minute == rate


def test_the_shipped_examples_are_right_once_their_marks_are_taken_off(
    tmp_path: Path, hub: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = tmp_path / "mastodon-token"
    token.write_text("token")
    monkeypatch.setenv("HUB_SECRET_WEBHOOK", "w" * 40)
    monkeypatch.setenv("HUB_SECRET_SMTP", "password")
    monkeypatch.setenv("HUB_SECRET_BLUESKY", "app-password")
    monkeypatch.setenv("HUB_SECRET_SMS", "password")
    shipped = (ROOT / "config" / "channels.toml").read_text(encoding="utf-8")
    start = shipped.index("# --- signed posts")
    examples = re.sub(r"(?m)^#(?! ---) ?", "", shipped[start:]).replace("/etc/tocsin/mastodon-token", str(token))
    channels = load(tmp_path, hub, shipped[:start] + examples)
    assert {entry.kind for entry in channels.values()} == set(discover())


def test_every_kind_is_documented() -> None:
    documented = (ROOT / "docs" / "channels.md").read_text(encoding="utf-8")
    for kind, adapter in discover().items():
        section = documented.split(f"### `{kind}`")[1].split("\n##")[0]
        for setting in adapter.settings_schema().fields:
            assert f"`{setting}`" in section


def test_languages_are_the_site_s_or_some_of_them(tmp_path: Path, hub: Surroundings) -> None:
    assert load(tmp_path, hub, channel())["essai"].languages == ("fr", "en")
    assert load(tmp_path, hub, channel(languages='["en"]'))["essai"].languages == ("en",)
    assert load(tmp_path, hub, channel(), languages=("fr",))["essai"].languages == ("fr",)


def test_no_channel_at_all_is_allowed(tmp_path: Path, hub: Surroundings) -> None:
    assert load(tmp_path, hub, "") == {}


MASTODON = {"kind": '"mastodon"', "settings": '{server = "https://social.example", token = "env:HUB_SECRET_TOKEN"}'}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[[channel]", "channels.toml"),
        ("colour = 1\n", "unknown key 'colour'"),
        ("channel = 1\n", "[[channel]] tables"),
        ("[channel]\nid = 1\n", "[[channel]] tables"),
        (channel(kind='"smoke"'), "there is no 'smoke'; the kinds are bluesky, cap_feed"),
        (channel(kind="[1]"), "there is no [1]"),
        (channel(kind=""), "kind: missing"),
        (channel(id=""), "id: missing"),
        (channel(id='"Essai !"'), "id: expected"),
        (channel(id='"../essai"'), "id: expected"),
        (channel(id="1"), "id: expected"),
        (channel(label=""), "label: missing"),
        (channel(label='"a\\nb"'), "label: expected"),
        (channel(label='" "'), "label: expected"),
        (channel(exercise=""), "exercise: missing"),
        *(
            (channel(rate_per_minute=rate), "rate_per_minute: expected")
            for rate in ("0", "-1", "true", '"9"', "nan", "60001")
        ),
        (channel(exercise='"yes"'), "exercise: expected"),
        (channel(colour='"red"'), "unknown key 'colour'"),
        (channel(languages="[]"), "languages: expected"),
        (channel(languages='"fr"'), "languages: expected"),
        (channel(languages='["de"]'), "languages: expected"),
        (channel(languages='["fr", "fr"]'), "each one once"),
        (channel(settings="1"), "settings: expected"),
        (channel(settings="{colour = 1}"), "settings.colour: Unknown field."),
        (channel() + channel(), "used twice"),
        (channel(**MASTODON), "carries one language a channel, so name it"),
        (channel(**MASTODON, languages='["fr", "en"]'), "make a channel for each"),
        (channel(kind='"webhook"'), "settings.secrets: Missing data"),
        (channel(kind='"webhook"', settings='{secrets = ["in-clear-in-clear-in-clear-in-clear"]}'), "not written here"),
        (channel(kind='"email"', settings="{}"), "settings.host: Missing data"),
    ],
)
def test_each_fault_is_named(
    tmp_path: Path, hub: Surroundings, monkeypatch: pytest.MonkeyPatch, content: str, said: str
) -> None:
    monkeypatch.setenv("HUB_SECRET_TOKEN", "token")
    with pytest.raises(ChannelsError) as caught:
        load(tmp_path, hub, content)
    assert said in str(caught.value)
    assert "in-clear-in-clear" not in str(caught.value)


def test_all_faults_come_at_once_with_their_channel(tmp_path: Path, hub: Surroundings) -> None:
    content = channel(label="", exercise='"no"', colour="1") + channel(id='"b1"', kind='"smoke"') + channel(id='"c1"')
    with pytest.raises(ChannelsError) as caught:
        load(tmp_path, hub, content + channel(id='"c1"'))
    assert len(caught.value.faults) == 5
    assert [fault.partition(":")[0] for fault in caught.value.faults] == [
        "channel 1 (essai)",
        "channel 1 (essai)",
        "channel 1 (essai)",
        "channel 2 (b1)",
        "channel 4 (c1)",
    ]


def test_a_file_that_is_not_there_or_not_text_is_named(tmp_path: Path, hub: Surroundings) -> None:
    with pytest.raises(ChannelsError, match=r"nowhere\.toml"):
        load_channels(tmp_path / "nowhere.toml", hub, ("fr",))
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ChannelsError, match=r"binary\.toml"):
        load_channels(tmp_path / "binary.toml", hub, ("fr",))
