"""`taizhang backup`, `restore`, `doctor`: keep a copy, put it back, find trouble."""

import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
from sqlalchemy import make_url, text

from models import catalogue, outside
from models.opening import Opened
from models.register_checks import check
from models.schema_plan import compare
from models.settings import Settings
from models.words import Label, PersonError

DATABASE, DUMP, FILES = "database.db", "database.dump", "attachments"


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def backup(opened: Opened, file: Path) -> None:
    """Write the database and all attachments into FILE (.tar.gz), while others work."""
    settings = opened.settings
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        kept = _copy_database(settings, Path(folder))
        draft = Path(folder) / "backup.part"
        with tarfile.open(draft, "w:gz", compresslevel=1) as archive:
            archive.add(kept, kept.name)
            attachments = settings.data_folder / FILES
            if attachments.is_dir():
                archive.add(attachments, FILES)
        # Only a complete backup ever has the file's name.
        draft.replace(file)
    click.echo(f"{file}: {file.stat().st_size:,} bytes")


def _copy_database(settings: Settings, folder: Path) -> Path:
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        target = folder / DATABASE
        # SQLite's own backup: a consistent copy while others go on writing.
        source = sqlite3.connect(str(url.database))
        copy = sqlite3.connect(target)
        with copy:
            source.backup(copy, pages=1_000)
        copy.close()
        source.close()
        return target
    target = folder / DUMP
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    _run(["pg_dump", "--format=custom", f"--file={target}", f"--dbname={address}"])
    return target


def _run(command: list[str]) -> None:
    program = shutil.which(command[0])
    if program is None:
        raise PersonError(
            "没有找到 {program}，请安装 PostgreSQL 客户端工具后再试。",
            "{program} was not found. Install PostgreSQL's client tools first.",
            program=command[0],
        )
    done = subprocess.run(  # noqa: S603 - a fixed program with our own arguments
        [program, *command[1:]], check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise PersonError(
            "{program} 失败：{why}",
            "{program} failed: {why}",
            program=command[0],
            why=done.stderr.strip()[-500:],
        )


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def restore(opened: Opened, file: Path) -> None:
    """Put FILE back into an empty installation: database and attachments."""
    settings = opened.settings
    url = make_url(settings.database_url)
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.data_folder) as name:
        folder = Path(name)
        try:
            with tarfile.open(file) as archive:
                archive.extractall(folder, filter="data")
        except (tarfile.TarError, OSError, EOFError) as error:
            raise PersonError(
                "{file} 不是完整的备份文件：{why}",
                "{file} is not a complete backup: {why}",
                file=file,
                why=error,
            ) from error
        if url.get_backend_name() == "sqlite":
            _put_back_file(folder / DATABASE, Path(str(url.database)))
        else:
            address = url.set(drivername="postgresql")
            target = address.render_as_string(hide_password=False)
            _run(
                [
                    "pg_restore",
                    "--single-transaction",  # whole, or nothing at all
                    f"--dbname={target}",
                    str(folder / DUMP),
                ]
            )
        if (folder / FILES).is_dir():
            shutil.copytree(
                folder / FILES, settings.data_folder / FILES, dirs_exist_ok=True
            )
    click.echo(f"{settings.data_folder}: 已恢复 restored.")


def _put_back_file(kept: Path, target: Path) -> None:
    if not kept.is_file():
        raise PersonError(
            "备份里没有 SQLite 数据库；它可能来自 PostgreSQL。",
            "The backup has no SQLite database; it may be PostgreSQL's.",
        )
    if target.exists():
        raise PersonError(
            "{target} 已存在，恢复会覆盖它。请先移走它，或换一个数据目录。",
            "{target} exists and would be overwritten. Move it away, or take another"
            " data folder.",
            target=target,
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(kept, target)


@click.command()
@click.pass_obj
def doctor(opened: Opened) -> None:
    """Check settings, declarations, schema and the database; say what to do."""
    problems = list(_problems(opened))
    for one in problems:
        click.echo(f"- {one.zh}\n  {one.en}")
    if problems:
        raise click.exceptions.Exit(1)
    click.echo("一切正常。 All is well.")


def _problems(opened: Opened) -> Iterator[Label]:
    known = catalogue.current()
    for found in check(known):
        yield Label(found.text("zh"), found.text("en"))
    plan = compare(opened.database, known)
    if not plan.is_empty:
        yield Label(plan.summary("zh"), plan.summary("en"))
    with opened.database.read() as session:
        aside = outside.set_aside(session)
    for register, entry_id, why in aside:
        yield Label(
            f"外部程序写入的 {register} {entry_id} 未能处理，每小时重试：{why}",
            f"{register} {entry_id}, written by another program, cannot be taken over"
            f" and is tried again each hour: {why}",
        )
    free = shutil.disk_usage(opened.settings.data_folder).free
    if free < opened.settings.upload_limit * 4:
        yield Label(
            f"磁盘只剩 {free // 2**20} MB，请尽快清理。",
            f"Only {free // 2**20} MB of the disk are free. Make room soon.",
        )
    yield from _sqlite(opened) if opened.database.is_sqlite else _postgresql(opened)


def _sqlite(opened: Opened) -> Iterator[Label]:
    with opened.database.read() as session:
        answer = session.execute(text("PRAGMA quick_check")).scalar_one()
    if answer != "ok":
        yield Label(f"数据库文件损坏：{answer}", f"The file is damaged: {answer}")


def _postgresql(opened: Opened) -> Iterator[Label]:
    """Find settings by which PostgreSQL forgets what it has confirmed."""
    with opened.database.read() as session:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            value = session.execute(text(f"SHOW {setting}")).scalar_one()
            if value == "off":
                yield Label(
                    f"PostgreSQL 的 {setting} 已关闭，断电会丢失已保存的内容，请打开。",
                    f"PostgreSQL's {setting} is off: a power cut loses what was saved."
                    " Turn it on.",
                )
