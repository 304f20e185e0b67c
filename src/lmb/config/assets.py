"""The page assets: a small subset of the US Web Design System, copied at set-up.

Third-party assets are installed from npm and never committed. What the pages may load is the
committed list `assets.sha256`; a copied file that differs from it stops the set-up. Stylesheet
comments that name a source map are cut, because the map is not part of the subset.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import shutil
import sys
from pathlib import Path

from lmb.config.paths import CLONE
from lmb.values.errors import EnvironmentProblem

PACKAGES = CLONE / "node_modules"
STATIC = CLONE / "var" / "assets" / "static"
AXE_SCRIPT = PACKAGES / "axe-core" / "axe.min.js"
MANIFEST = Path(__file__).with_name("assets.sha256")

_USWDS = PACKAGES / "@uswds" / "uswds"
_STYLESHEET = "css/uswds.min.css"
# Named by our own stylesheet, not by the one of the design system.
_ALSO = [
    "img/sprite.svg",
    "fonts/public-sans/PublicSans-Regular.woff2",
    "fonts/public-sans/PublicSans-Italic.woff2",
    "fonts/public-sans/PublicSans-Bold.woff2",
]
_COMPRESSED = {".css", ".svg"}


class AssetError(EnvironmentProblem):
    """A page asset is missing or is not the file that was reviewed."""


def subset() -> dict[str, bytes]:
    """Path under the static folder → content, read from the installed npm package."""
    distribution = _USWDS / "dist"
    if not distribution.is_dir():
        raise AssetError(f"{_USWDS} is missing: npm has not installed it. Run `make setup`.")
    style = (distribution / _STYLESHEET).read_bytes()
    named = {
        (Path("css") / match.decode()).as_posix().replace("css/../", "")
        for match in re.findall(rb"url\(([^)]+)\)", style)
    }
    files = {f"uswds/{name}": (distribution / name).read_bytes() for name in [*named, *_ALSO]}
    files[f"uswds/{_STYLESHEET}"] = re.sub(rb"\n?/\*# sourceMappingURL=.*?\*/", b"", style)
    files["uswds/LICENSE.md"] = (_USWDS / "LICENSE.md").read_bytes()
    return dict(sorted(files.items()))


def manifest_of(files: dict[str, bytes]) -> str:
    """The text of a manifest: one `sha256  path` line per file, as `sha256sum` writes it."""
    return "".join(
        f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items()
    )


def copy_assets() -> int:
    """Replace the static folder by the reviewed subset; give the number of files.

    A first manifest is written when none exists (`make lock` removes it for that purpose).
    Raises AssetError when the installed files are not those of the manifest.
    """
    files = subset()
    text = manifest_of(files)
    if not MANIFEST.exists():
        MANIFEST.write_text(text)
    wrong = sorted(
        line.split("  ", 1)[1] for line in set(text.splitlines()) ^ set(_manifest_lines())
    )
    if wrong:
        raise AssetError(
            f"The installed page assets are not those listed in {MANIFEST.name}: "
            f"{', '.join(sorted(set(wrong))[:5])}. Run `make lock` if the new files are wanted."
        )
    shutil.rmtree(STATIC, ignore_errors=True)
    for name, content in files.items():
        target = STATIC / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        if target.suffix in _COMPRESSED:
            # The page server sends this one to browsers that take it: an eighth of the bytes.
            compressed = gzip.compress(content, mtime=0)
            target.with_name(f"{target.name}.gz").write_bytes(compressed)
    return len(files)


def _manifest_lines() -> list[str]:
    return MANIFEST.read_text().splitlines()


if __name__ == "__main__":
    try:
        copy_assets()
    except AssetError as error:
        sys.exit(str(error))
