"""Floor 6: the SMTP server's state machine, no input or output of its own: octets in, replies and events out."""
