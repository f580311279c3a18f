"""Migrations of the engine's own tables; the registers' tables are the planner's."""
