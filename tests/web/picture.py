"""The picture of the README: the money flow of the demonstration, able to stand alone.

python -m tests.web.picture         after a run of the demonstration, writes docs/money-flow.svg
"""

from __future__ import annotations

import os
import re

from lmb.config.paths import CLONE

FILE = CLONE / "docs" / "money-flow.svg"
STYLESHEET = CLONE / "src" / "lmb" / "web" / "static" / "lmb" / "lmb.css"


def picture(page: str) -> str:
    """The wide drawing of a page with its styles inside and without its links."""
    (drawing,) = re.findall(r'<svg class="flow flow-wide".*?</svg>', page, re.DOTALL)
    drawing = re.sub(r'<a (class="[^"]*")[^>]*>', r"<g \1>", drawing).replace("</a>", "</g>")
    drawing = re.sub(r' (aria-[a-z]+|role)="[^"]*"', "", drawing)
    opening, _, rest = drawing.partition(">")
    opening = opening.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return f"{opening}>\n<style>\n{_styles()}\n</style>\n{rest}\n"


def _styles() -> str:
    """The rules of the drawing with the values of the variables they use."""
    text = STYLESHEET.read_text(encoding="utf-8")
    values = dict(re.findall(r"(--[a-z-]+):\s*([^;]+);", text))
    rules = [line for line in text.splitlines() if re.match(r"\.flow (?!a)[^{]*\{|\.flow \{", line)]
    font = ".flow { background: #fff; font-family: 'Public Sans', system-ui, sans-serif; }"
    joined = "\n".join([font, *rules])
    return re.sub(r"var\((--[a-z-]+)\)", lambda found: values[found[1]], joined)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lmb.config.settings")
    import django

    django.setup()
    from django.test import Client

    from lmb.config.runtime import database, migrate

    with database():
        migrate()
        page = Client(headers={"host": "localhost"}).get("/").content.decode()
        FILE.write_text(picture(page), encoding="utf-8")


if __name__ == "__main__":
    main()
