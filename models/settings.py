"""Settings: the environment read into one frozen object, checked before anything runs.

Every setting is an environment variable `TAIZHANG_…`; `DATABASE_URL` is understood by
its common name as well. Each may stand in a file named in `NAME_FILE` instead, which is
how secrets reach a container. Nothing else in the project reads the environment.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    AliasChoices,
    BeforeValidator,
    ByteSize,
    Field,
    SecretStr,
    ValidationError,
)
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from models.secret_key import kept_secret_key
from models.words import Label, PersonError

PREFIX = "TAIZHANG_"
SECRET_LENGTH = 16
"""Characters below which a secret key is refused."""


class SettingsError(PersonError):
    """Settings that cannot be used, a line each: name, value and what may stand."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a setting may be, in words that finish "expected …"."""

    words: Label


def _allowed(zh: str, en: str) -> Allowed:
    return Allowed(Label(zh, en))


def database_address(text: str) -> str:
    """Return a database address with the project's driver and an absolute file path.

    Raises:
        ValueError: It is no address, or of a database the project does not run on.
    """
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise ValueError("not an address") from error
    if url.drivername in {"postgres", "postgresql", "postgresql+psycopg"}:
        url = url.set(drivername="postgresql+psycopg")
    elif url.drivername == "sqlite" and url.database not in {None, "", ":memory:"}:
        # Flask-SQLAlchemy would look for a relative file in a folder of its own.
        url = url.set(database=str(Path(str(url.database)).resolve()))
    else:
        raise ValueError("not a database the project runs on")
    return url.render_as_string(hide_password=False)


def _long_enough(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value()) < SECRET_LENGTH:
        raise ValueError("too short")
    return secret


def _addresses(channels: SecretStr) -> SecretStr:
    if not all("://" in one for one in channels.get_secret_value().split()):
        raise ValueError("not an address")
    return channels


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def _kept_secret(read: dict[str, Any]) -> SecretStr:
    folder: Path = read["data_folder"]
    try:
        return SecretStr(kept_secret_key(folder))
    except OSError as error:
        raise _together(
            [_unusable(f"{PREFIX}DATA_FOLDER", str(folder), _words("data_folder"))]
        ) from error


_Folder = Annotated[
    Path,
    AfterValidator(Path.resolve),
    _allowed("一个可以写入的文件夹", "a folder that can be written to"),
]


class Settings(BaseSettings):
    """Everything an operator may set; folders are absolute, sizes are bytes."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        populate_by_name=True,
        validate_default=True,
    )

    data_folder: _Folder = Path("instance")
    """Where all that is not in the database lives: keys, attachments, exports."""

    database_url: Annotated[
        str,
        AfterValidator(database_address),
        _allowed(
            "sqlite:///文件路径 或 postgresql://用户:密码@主机/库名",
            "sqlite:///path/to/file or postgresql://user:password@host/name",
        ),
    ] = Field(
        default_factory=lambda read: f"sqlite:///{read['data_folder']}/taizhang.db",
        validation_alias=AliasChoices(f"{PREFIX}DATABASE_URL", "DATABASE_URL"),
    )

    backup_folder: _Folder = Field(
        default_factory=lambda read: read["data_folder"] / "backups"
    )

    zone: Annotated[
        ZoneInfo, _allowed("时区名，如 Asia/Shanghai", "a zone such as Asia/Shanghai")
    ] = ZoneInfo("Asia/Shanghai")
    """The zone of the desk: a day is a day of this zone."""

    language: Annotated[
        Literal["zh_Hans_CN", "en"], _allowed("zh_Hans_CN 或 en", "zh_Hans_CN or en")
    ] = "zh_Hans_CN"

    host: Annotated[
        str,
        Field(min_length=1, pattern=r"^\S+$"),
        _allowed("本机地址，如 127.0.0.1", "an address such as 127.0.0.1"),
    ] = "127.0.0.1"

    port: Annotated[
        int,
        Field(ge=1, le=65535),
        _allowed("1 到 65535 的整数", "a whole number from 1 to 65535"),
    ] = 8000

    public_url: Annotated[
        str,
        Field(pattern=r"^https?://[^\s/]+(/\S*)?$"),
        AfterValidator(lambda url: url.rstrip("/")),
        _allowed("http:// 或 https:// 开头的网址", "an http:// or https:// address"),
    ] = Field(default_factory=lambda read: f"http://{read['host']}:{read['port']}")
    """How people reach the panel; the links in messages begin with it."""

    upload_limit: Annotated[
        ByteSize,
        Field(ge=1024),
        _allowed("至少 1KiB，如 32MiB", "a size from 1KiB such as 32MiB"),
    ] = ByteSize(32 * 1024 * 1024)

    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"],
        BeforeValidator(_upper),
        _allowed("DEBUG、INFO、WARNING 或 ERROR", "DEBUG, INFO, WARNING or ERROR"),
    ] = "INFO"

    channels: Annotated[
        SecretStr,
        AfterValidator(_addresses),
        _allowed(
            "以空格分隔的 Apprise 地址，如 wecombot://密钥",
            "Apprise addresses with blanks between them, such as wecombot://key",
        ),
    ] = SecretStr("")
    """Where reminders go besides the panel's bell; an address holds its own secret."""

    internal_hosts: Annotated[
        str,
        _allowed(
            "以空格分隔的主机名或地址，如 mail.example.lan 10.0.0.5",
            "host names or addresses with blanks between them, such as 10.0.0.5",
        ),
    ] = ""
    """Hosts inside the house that channels may call; any other must be public."""

    # Last: its default is made only when everything before it was found right.
    secret_key: Annotated[
        SecretStr,
        AfterValidator(_long_enough),
        _allowed(f"至少 {SECRET_LENGTH} 个字符", f"{SECRET_LENGTH} characters or more"),
    ] = Field(default_factory=_kept_secret)

    @property
    def channel_addresses(self) -> tuple[str, ...]:
        """The channels one by one."""
        return tuple(self.channels.get_secret_value().split())

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the arguments first, then variables, then the files they name."""
        return init_settings, env_settings, _NamedFiles(settings_cls)


class _NamedFiles(PydanticBaseSettingsSource):
    """Reads a setting from the file that `NAME_FILE` names."""

    def get_field_value(
        self,
        field: FieldInfo,  # noqa: ARG002 - the signature is pydantic's
        field_name: str,
    ) -> tuple[str | None, str, bool]:
        """Return the file's text without the blanks around it, or None."""
        for name in variables(field_name):
            path = os.environ.get(f"{name}_FILE")
            if path:
                return _file_text(f"{name}_FILE", path), field_name, False
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return the settings that files give."""
        read = {
            name: self.get_field_value(field, name)[0]
            for name, field in self.settings_cls.model_fields.items()
        }
        return {name: text for name, text in read.items() if text is not None}


def _file_text(variable: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        expected = Label("一个可以读取的文本文件", "a text file that can be read")
        raise _together([_unusable(variable, path, expected)]) from error


def variables(field_name: str) -> tuple[str, ...]:
    """Return the environment variables that give a setting; the first one counts."""
    own = f"{PREFIX}{field_name.upper()}"
    return (own, "DATABASE_URL") if field_name == "database_url" else (own,)


def read_settings() -> Settings:
    """Read and check the settings; makes the secret key on the first start.

    Raises:
        SettingsError: Some setting cannot be used; nothing should be started.
    """
    problems = list(_misspelt())
    if problems:
        raise _together(problems)
    try:
        return Settings()
    except ValidationError as error:
        raise _together(list(_problems(error))) from None  # it would show the secrets


def _misspelt() -> Iterator[Label]:
    """Find variables with the project's prefix that it does not know."""
    known = [name for field in Settings.model_fields for name in variables(field)]
    known += [f"{name}_FILE" for name in known]
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0)[0]
            yield Label(
                f"{name}：没有这个设置；最接近的是 {near}。",
                f"{name}: there is no such setting; the nearest is {near}.",
            )


def _problems(error: ValidationError) -> Iterator[Label]:
    """Say each wrong value with its variable and what may stand there."""
    for detail in error.errors():
        if detail["type"] == "default_factory_not_called":
            continue  # follows from another problem, which is told
        field = _field_of(str(detail["loc"][0]))
        given = [name for name in variables(field) if os.environ.get(name)]
        variable = given[0] if given else variables(field)[0]
        value = os.environ.get(variable) or detail["input"]
        yield _unusable(variable, _shown(field, value), _words(field))


def _field_of(place: str) -> str:
    """Return the field for a place in an error: its own name or a variable's."""
    fields = Settings.model_fields
    return next((name for name in fields if place in variables(name)), place)


def _words(field: str) -> Label:
    """Return what a setting may be, from its declaration."""
    metadata = Settings.model_fields[field].metadata
    return next(seen.words for seen in metadata if isinstance(seen, Allowed))


def _shown(field: str, value: object) -> str:
    """Return the value as an error may show it: no secret key, no password."""
    if field in ("secret_key", "channels"):
        return "***"
    return re.sub(r":[^:@/]*@", ":***@", str(value))


def _unusable(variable: str, value: str, expected: Label) -> Label:
    return Label(
        f"{variable}：“{value}”不能用，应为{expected.zh}。",
        f"{variable}: '{value}' cannot be used; expected {expected.en}.",
    )


def _together(problems: list[Label]) -> SettingsError:
    """Return one error that says all problems and where to look."""
    return SettingsError(
        "\n".join(problem.zh for problem in problems)
        + "改正后再启动，见 README“设置”一节。",
        "\n".join(problem.en for problem in problems)
        + " Correct it and start again; see README, Settings.",
    )
