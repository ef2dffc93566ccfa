"""Message maps as files of other programs, and back: YAML, JSON, Freeplane, OPML, Markdown, CSV. A preview before."""
