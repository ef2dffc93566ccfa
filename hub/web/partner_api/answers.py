"""From what the features know to what partners read. No address of a recipient and no officer's name is in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hub.alerts.queries import FollowUp
from hub.alerts.service import Preview
from hub.alerts.views import AlertView
from hub.dispatch.queries import ChannelProgress, Progress
from hub.identity.partners import Caller
from hub.message_maps import blanks
from hub.message_maps.model import Placeholder, Situation
from hub.message_maps.readiness import approved, obstacles
from hub.web.language import say
from hub.web.parts import parts


def of_situation(version_id: str, situation: Situation, languages: Sequence[str]) -> dict[str, Any]:
    """A situation with the blanks of its messages."""
    return {
        "id": situation.id,
        "version": version_id,
        "family": situation.family,
        "title": situation.title,
        "usable": approved(situation),
        "messages": [
            {
                "id": message.id,
                "kind": message.kind,
                "phase": message.phase,
                "level": message.level,
                "usable": not obstacles(situation, message),
                "title": message.title,
                "follow_ups": message.followups,
                "blanks": of_blanks(blanks.asked(situation, message), languages),
            }
            for message in situation.messages
        ],
    }


def of_blanks(asked: Sequence[Placeholder], languages: Sequence[str]) -> list[dict[str, Any]]:
    """Blanks under the names by which they are filled in: one for each language where the words differ."""
    return [
        {
            "name": f"{blank.name}.{language}" if language else blank.name,
            "type": blank.type,
            "label": blank.label,
            "hint": blank.hint,
            "example": {language: blank.example[language]} if language in blank.example else blank.example,
            "required": blank.required,
            "max": blank.max,
            "choices": list(blank.values),
        }
        for blank in asked
        for language in (languages if blank.per_language else ("",))
    ]


def of_preview(preview: Preview) -> dict[str, Any]:
    """What would be sent, without the confirmation."""
    return {
        "expires": preview.content.expires,
        "channels": [
            {
                "channel": each.channel.id,
                "label": each.channel.label,
                "destinations": each.destinations,
                "parts": [
                    {"title": say(part.title), "text": part.text, "used": part.used, "limit": part.limit}
                    for part in each.parts
                ],
            }
            for each in preview.carried
        ],
        "left_out": [{"channel": channel_id, "reason": say(reason)} for channel_id, reason in preview.left_out],
        "notes": [say(note) for note in preview.notes],
        "findings": [
            {
                "rule": finding.rule,
                "severity": finding.severity,
                "form": finding.form,
                "language": finding.language,
                "detail": say(finding.phrase),
            }
            for finding in preview.findings
        ],
    }


def of_alert(alert: AlertView, caller: Caller) -> dict[str, Any]:
    """An alert as sent."""
    return {
        **of_sent(alert),
        "state": alert.state,
        "msg_type": alert.msg_type,
        "kind": alert.kind,
        "level": alert.level,
        "urgency": alert.urgency,
        "severity": alert.severity,
        "certainty": alert.certainty,
        "situation": alert.situation_id,
        "version": alert.version_id,
        "message": alert.message_id,
        "follows": alert.follows,
        "followed_by": alert.followed_by,
        "own": (alert.created_by.kind, alert.created_by.id) == (caller.actor.kind, caller.actor.id),
        "headline": alert.headline,
        "texts": alert.texts,
        "area": alert.area.to_json(),
    }


def of_sent(alert: AlertView) -> dict[str, Any]:
    """What never changes about an alert; so the answer to a repeated request is the first one."""
    return {
        "identifier": alert.identifier,
        "incident": alert.incident,
        "status": alert.status,
        "sent": alert.sent,
        "expires": alert.expires,
    }


def of_progress(progress: Progress) -> list[dict[str, Any]]:
    """How far each channel is."""
    return [_of_channel(channel) for channel in progress.channels]


def of_follow_up(follow_up: FollowUp, languages: Sequence[str]) -> dict[str, Any]:
    """One message that may be sent next."""
    return {
        "role": follow_up.role,
        "message": follow_up.message.id,
        "title": follow_up.message.title,
        "blanks": of_blanks(follow_up.asked, languages),
        "known": follow_up.draft.blanks,
    }


def _of_channel(channel: ChannelProgress) -> dict[str, Any]:
    configured = parts().channels.get(channel.channel_id)
    return {
        "channel": channel.channel_id,
        "label": configured.label if configured else channel.channel_id,
        "total": channel.total,
        "done": channel.finished == channel.total,
        "states": {state.value: number for state, number in channel.by_state.items()},
    }
