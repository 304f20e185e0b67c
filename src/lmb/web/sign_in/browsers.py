"""The browser somebody signs in with: a name its owner knows it by, and where it is."""

from __future__ import annotations

from django.http import HttpRequest

from lmb.people.sign_in.accounts import From

# The first that is found counts: every browser also claims to be others.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "Chrome": "Chrome",
    "CriOS": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS X": "Mac",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


def device_name(user_agent: str) -> str:
    """What a browser is called: `Firefox, Android`. Nothing finer is kept: it would tell browsers
    apart that their owner cannot."""
    named = [
        next((name for sign, name in known.items() if sign in user_agent), "")
        for known in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(filter(None, named))


def where(request: HttpRequest) -> From:
    """Where a request comes from."""
    address = request.META.get("REMOTE_ADDR", "")
    return From(address, device_name(request.headers.get("User-Agent", "")))
