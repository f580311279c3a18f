"""Settings: what the environment gives, and what a wrong value is answered."""

import stat
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from models.settings import Settings, SettingsError, read_settings

SECRET = "correct horse battery staple"


@pytest.fixture(autouse=True)
def data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("TAIZHANG_DATA_FOLDER", str(folder))
    return folder


def test_defaults_put_everything_into_the_data_folder(data_folder: Path) -> None:
    settings = read_settings()

    assert settings.database_url == f"sqlite:///{data_folder}/taizhang.db"
    assert settings.backup_folder == data_folder / "backups"
    assert settings.zone == ZoneInfo("Asia/Shanghai")
    assert settings.language == "zh_Hans_CN"
    assert settings.public_url == "http://127.0.0.1:8000"


def test_secret_key_is_made_once_and_readable_only_by_its_owner(
    data_folder: Path,
) -> None:
    first = read_settings().secret_key.get_secret_value()
    second = read_settings().secret_key.get_secret_value()

    assert first == second
    assert len(first) >= 64
    assert stat.S_IMODE((data_folder / "secret_key").stat().st_mode) == 0o600
    assert [kept.name for kept in data_folder.iterdir()] == ["secret_key"]


def test_given_secret_key_leaves_no_file(
    monkeypatch: pytest.MonkeyPatch, data_folder: Path
) -> None:
    monkeypatch.setenv("TAIZHANG_SECRET_KEY", SECRET)

    assert read_settings().secret_key.get_secret_value() == SECRET
    assert not data_folder.exists()


def test_secret_comes_from_a_named_file_without_its_last_line_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text(f"{SECRET}\n", encoding="utf-8")
    monkeypatch.setenv("TAIZHANG_SECRET_KEY_FILE", str(tmp_path / "key"))

    assert read_settings().secret_key.get_secret_value() == SECRET


def test_named_file_that_is_missing_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "nowhere"))

    with pytest.raises(SettingsError) as error:
        read_settings()

    assert f"DATABASE_URL_FILE: '{tmp_path}/nowhere'" in error.value.text("en")


@pytest.mark.parametrize(
    "given",
    [
        "postgres://desk:pw@db/desk",
        "postgresql://desk:pw@db/desk",
        "postgresql+psycopg://desk:pw@db/desk",
    ],
)
def test_every_spelling_of_postgresql_gets_the_driver(
    monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", given)

    assert read_settings().database_url == "postgresql+psycopg://desk:pw@db/desk"


def test_own_name_of_the_database_address_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://other/other")
    monkeypatch.setenv("TAIZHANG_DATABASE_URL", "postgresql://desk/desk")

    assert read_settings().database_url == "postgresql+psycopg://desk/desk"


def test_relative_database_file_does_not_move_with_the_working_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///desk.db")

    assert read_settings().database_url == f"sqlite:///{tmp_path}/desk.db"


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("TAIZHANG_PORT", "80a", "a whole number from 1 to 65535"),
        ("TAIZHANG_PORT", "65536", "a whole number from 1 to 65535"),
        ("TAIZHANG_ZONE", "Asia/Shanghia", "a zone such as Asia/Shanghai"),
        ("TAIZHANG_LANGUAGE", "zh", "zh_Hans_CN or en"),
        ("TAIZHANG_LOG_LEVEL", "loud", "DEBUG, INFO, WARNING or ERROR"),
        ("TAIZHANG_UPLOAD_LIMIT", "much", "a size from 1KiB such as 32MiB"),
        ("TAIZHANG_PUBLIC_URL", "desk.local", "an http:// or https:// address"),
        ("DATABASE_URL", "postgres//desk", "sqlite:///path/to/file or postgresql://"),
        ("DATABASE_URL", "mysql://desk", "sqlite:///path/to/file or postgresql://"),
        ("DATABASE_URL", "sqlite://", "sqlite:///path/to/file or postgresql://"),
    ],
)
def test_wrong_value_is_told_with_name_value_and_what_may_stand(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, expected: str
) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(SettingsError) as error:
        read_settings()

    sentence = f"{variable}: '{value}' cannot be used; expected {expected}"
    assert error.value.text("en").startswith(sentence)
    assert f"{variable}：“{value}”不能用" in error.value.text("zh_Hans_CN")


def test_all_wrong_values_are_told_at_once_and_nothing_is_made(
    monkeypatch: pytest.MonkeyPatch, data_folder: Path
) -> None:
    monkeypatch.setenv("TAIZHANG_PORT", "0")
    monkeypatch.setenv("TAIZHANG_LANGUAGE", "fr")

    with pytest.raises(SettingsError) as error:
        read_settings()

    assert len(error.value.text("en").splitlines()) == 2
    assert not data_folder.exists()


def test_misspelt_setting_is_told_with_the_nearest_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TAIZHANG_PROT", "8000")

    with pytest.raises(SettingsError, match="TAIZHANG_PORT"):
        read_settings()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATABASE_URL", "mysql://desk:hunter2@db/desk"),
        ("TAIZHANG_SECRET_KEY", "hunter2"),
    ],
)
def test_error_shows_no_password(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(SettingsError) as error:
        read_settings()

    assert variable in error.value.text("en")
    assert "hunter2" not in error.value.text("en") + error.value.text("zh")
    assert error.value.__cause__ is None


def test_data_folder_that_cannot_be_made_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("TAIZHANG_DATA_FOLDER", str(tmp_path / "file" / "data"))

    with pytest.raises(SettingsError, match="TAIZHANG_DATA_FOLDER"):
        read_settings()


def test_settings_cannot_be_changed_afterwards() -> None:
    settings = read_settings()

    with pytest.raises(ValidationError):
        settings.port = 9000


def test_empty_variable_counts_as_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIZHANG_PORT", "")

    assert read_settings().port == Settings.model_fields["port"].default
