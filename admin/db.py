"""Flask-SQLAlchemy over the house's two engines.

A request's session reads; on SQLite it cannot write at all. Whatever changes something
opens `Database.write()`, one short transaction, and leaves this session alone.
"""

from typing import Any, cast

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine

from models.database import Base, Database


class Engines(SQLAlchemy):
    """Flask-SQLAlchemy with engines that are given, not made from an address."""

    def _make_engine(
        self, bind_key: str | None, options: dict[str, Any], app: Flask
    ) -> Engine:
        """Return the house's reading engine; writing has a way of its own."""
        del bind_key, options
        return cast(Database, app.config["TAIZHANG_DATABASE"]).reading


db = Engines(metadata=Base.metadata, session_options={"autoflush": False})


def connect(app: Flask, database: Database) -> None:
    """Give the application its sessions."""
    app.config["TAIZHANG_DATABASE"] = database
    app.config["SQLALCHEMY_DATABASE_URI"] = database.url
    db.init_app(app)
