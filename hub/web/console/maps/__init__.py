"""The reading screens of the message maps: the map, its search, a situation, a message, and all of it on paper."""

from hub.web.console.maps.message import message
from hub.web.console.maps.overview import map_nodes, situations
from hub.web.console.maps.paper import situation_sheet, wall_pdf_file, wall_svg_file
from hub.web.console.maps.situation import situation

# Importing the views hangs them on the blueprint.
__all__ = ["map_nodes", "message", "situation", "situation_sheet", "situations", "wall_pdf_file", "wall_svg_file"]
