"""Settings come from the environment, are checked when read, and a generated secret stays private."""

from __future__ import annotations

import stat
from dataclasses import fields
from pathlib import Path

import pytest

from engine.settings import VARIABLES, Settings, WrongSetting, read_settings


def test_without_an_environment_everything_has_a_usable_default() -> None:
    assert read_settings({}) == Settings()


def test_every_setting_has_a_variable() -> None:
    assert set(VARIABLES.values()) == {field.name for field in fields(Settings)}


def test_values_are_read_with_their_types() -> None:
    settings = read_settings({"PORT": "8081", "MOTCUA_VAR": "/tmp/x", "MOTCUA_SECURE_COOKIES": "1"})
    assert (settings.port, settings.var, settings.secure_cookies) == (8081, Path("/tmp/x"), True)


def test_an_empty_variable_counts_as_not_set() -> None:
    assert read_settings({"PORT": "", "MOTCUA_DATABASE_URL": ""}) == Settings()


@pytest.mark.parametrize(
    ("name", "text"),
    [("PORT", "http"), ("PORT", "0"), ("PORT", "70000"), ("PORT", "-1"), ("PORT", "٨٠٨٠"), ("MOTCUA_MAX_BODY", "1")]
    + [("MOTCUA_SECURE_COOKIES", "yes"), ("MOTCUA_WEB_WORKERS", "1.5")],
)
def test_a_value_that_cannot_be_used_names_its_variable(name: str, text: str) -> None:
    with pytest.raises(WrongSetting, match=name):
        read_settings({name: text})


def test_a_generated_secret_is_kept_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path / "var")
    secret = settings.with_secret().secret_key
    assert len(secret) >= 32
    assert settings.with_secret().secret_key == secret
    assert stat.S_IMODE(settings.secret_file.stat().st_mode) == 0o600


def test_the_environments_secret_is_used_and_never_written(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path, secret_key="from the environment")
    assert settings.with_secret() is settings
    assert not settings.secret_file.exists()


def test_a_damaged_secret_file_is_refused(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path)
    settings.secret_file.write_text("short")
    with pytest.raises(WrongSetting, match="MOTCUA_SECRET_KEY"):
        settings.with_secret()
