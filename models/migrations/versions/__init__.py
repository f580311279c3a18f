"""One file a migration; its name starts with the date and time (UTC) of its draft."""
