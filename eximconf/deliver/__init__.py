"""Deliveries as they were recorded: what hosts answered, the events that it gives rise to, and Exim's log lines."""
