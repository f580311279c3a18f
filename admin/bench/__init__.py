"""`taizhang bench`: a million rows, and how long each screen takes beside its peers."""
