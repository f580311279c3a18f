"""What Taizhang keeps: declarations, rules, storage. Imports nothing of the web."""
