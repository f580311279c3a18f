"""The Chromium of the browser tests: found, or installed where the machine allows it.

`python -m tests.browser.chromium` makes sure of one before the tests begin.
"""

import os
import shutil
import subprocess
import sys

PROGRAMS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)

MISSING = (
    "The browser tests need Chromium or Chrome and a Chinese font, and this machine"
    " lacks {}; install it (Debian: apt-get install chromium fonts-noto-cjk), then run"
    " make test again."
)


def find() -> str | None:
    """Return the path of the system's browser, or None."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


def missing_packages() -> list[str]:
    """Return what Debian calls the things that are not there yet."""
    if find() is None:
        return ["chromium", "fonts-noto-cjk"]
    # Where there is no fontconfig to ask, the system brings its own Chinese font.
    fonts = shutil.which("fc-list")
    command = [str(fonts), ":lang=zh"]
    if fonts and not subprocess.run(command, capture_output=True, check=True).stdout:  # noqa: S603 - a program of the system
        return ["fonts-noto-cjk"]
    return []


def install(packages: list[str]) -> None:
    """Install packages by apt-get, as root."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", *packages]):
        subprocess.run(  # noqa: S603 - our own arguments
            ["apt-get", "--quiet", *command],  # noqa: S607 - wherever the system has it
            env=environment,
            stdin=subprocess.DEVNULL,
            check=True,
        )


def main() -> None:
    """Make sure of a browser, or say what to install and fail."""
    packages = missing_packages()
    if packages and os.geteuid() == 0 and shutil.which("apt-get"):
        install(packages)
        packages = missing_packages()
    if packages:
        sys.exit(MISSING.format(" and ".join(packages)))


if __name__ == "__main__":
    main()
