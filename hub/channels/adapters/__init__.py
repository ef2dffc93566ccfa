"""One file a kind of channel. The registry finds them by themselves: adding one means adding its file and its test."""
