"""The rulebook, the templates and how a department is set up from one."""
