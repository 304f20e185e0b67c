"""Papers as pages in a browser: accessible, within the screen, and nothing asked of the network."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from lmb.bonds.linked.phrases import Language
from lmb.bonds.papers.html import html_document
from lmb.config.assets import AXE_SCRIPT
from tests.bonds.papers.samples import SAMPLES

RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = """async (rules) => {
    const found = await axe.run({runOnly: {type: 'tag', values: rules}});
    return found.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).slice(0, 3).join(' '));
}"""


@pytest.mark.parametrize("width", [390, 1280])
def test_papers_are_accessible_and_within_the_screen(
    browser: Browser, tmp_path: Path, width: int
) -> None:
    axe, faults = AXE_SCRIPT.read_text(), []
    page = browser.new_context(viewport={"width": width, "height": 844}).new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    for name, make in SAMPLES.items():
        language = Language.SPANISH if width == 390 else Language.ENGLISH
        file = tmp_path / f"{name}.html"
        file.write_bytes(html_document(make(language)))
        page.goto(file.as_uri())
        styled = page.evaluate("getComputedStyle(document.querySelector('.paper')).maxWidth")
        faults += [] if styled.endswith("px") else [f"{name} is without its style sheet"]
        beyond = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        faults += [f"{name} is {beyond} px too wide"] if beyond > 0 else []
        page.evaluate(axe)
        faults += [f"{name} {found}" for found in page.evaluate(RUN_AXE, RULES)]
    page.context.close()
    assert faults + complaints == []
