"""The panel: generated screens over the registers."""
