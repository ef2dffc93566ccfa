"""The reading screens of the message maps: the map, its search, a situation, a message, and all of it on paper."""

from hub.web.console.maps import message, overview, paper, situation

__all__ = ["message", "overview", "paper", "situation"]
