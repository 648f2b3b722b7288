"""Floor 4: header lines, addresses and encodings of a message."""
