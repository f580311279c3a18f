"""The registers the engine itself knows, one module for each paper it replaces."""
