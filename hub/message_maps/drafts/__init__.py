"""A town's working copies of its maps: edited, reviewed by a second officer, published as versions."""
