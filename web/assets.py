"""Where the built style sheets, scripts and icons lie: the manifest that Vite writes beside them."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from flask import url_for
from markupsafe import Markup

BUILT = Path(__file__).parent / "static" / "built"


class AssetsNotBuilt(RuntimeError):
    """The front end has not been built; `make run` does it, or `npm ci && npm run build` in web/frontend."""


def manifest() -> dict[str, dict[str, object]]:
    """Vite's manifest: source name -> the file built from it; read again only when a build has replaced it."""
    path = BUILT / "manifest.json"
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError as missing:
        raise AssetsNotBuilt(AssetsNotBuilt.__doc__) from missing


@lru_cache(maxsize=2)
def _read(path: Path, _changed: int) -> dict[str, dict[str, object]]:
    return dict(json.loads(path.read_text("utf-8")))


def asset(source: str) -> str:
    """The address of what was built from `source` (`src/main.ts`, `icons.svg`)."""
    return url_for("static", filename=f"built/{manifest()[source]['file']}")


def entry(name: str) -> Markup:
    """The tags that load an entry (`main`, `diagram`, `form`): its style sheets, then its script as a module."""
    source = f"src/{name}.ts"
    built = manifest()[source]
    sheets = "".join(
        f'<link rel="stylesheet" href="{url_for("static", filename=f"built/{sheet}")}">' for sheet in _sheets(built)
    )
    return Markup(f'{sheets}<script type="module" src="{asset(source)}"></script>')  # noqa: S704 - own file names


def _sheets(built: dict[str, object]) -> list[str]:
    """The style sheets of an entry and of the chunks it imports."""
    sheets = list(built.get("css", []))  # type: ignore[call-overload]
    for chunk in built.get("imports", []):  # type: ignore[attr-defined]
        sheets += _sheets(manifest()[chunk])
    return list(dict.fromkeys(sheets))
