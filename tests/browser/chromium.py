"""The Chromium that the browser tests drive. `python -m tests.browser.chromium --install` installs one if none is found."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NONE_FOUND = (
    "No Chromium was found and none could be installed. Install Chromium or Google Chrome, or set the environment "
    "variable CHROMIUM to its program. Without a browser:  make test-fast"
)


def find_chromium() -> str | None:
    """The path of a Chromium that starts: the one named by CHROMIUM, one on PATH, or Playwright's own; else None."""
    if named := os.environ.get("CHROMIUM"):
        return named if _starts(named) else None
    found = (shutil.which(name) for name in NAMES)
    return next((path for path in found if path and _starts(path)), None) or _playwrights_own()


def install_chromium() -> None:
    """Install Chromium: from the system's packages as root, else (or if that fails) Playwright's own build."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if root and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=False, env=environment)
        packages = ["chromium", "fonts-liberation"]
        subprocess.run(["apt-get", "install", "-y", "-qq", *packages], check=False, env=environment)
    if find_chromium() is None:
        with_libraries = ["--with-deps"] if root else []
        subprocess.run([sys.executable, "-m", "playwright", "install", *with_libraries, "chromium"], check=False)


def _starts(path: str) -> bool:
    """False for a missing file and for Ubuntu's stub that only says where the real package is."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if _starts(path) else None


def main() -> None:
    path = find_chromium()
    if path is None and "--install" in sys.argv[1:]:
        install_chromium()
        path = find_chromium()
    if path is None:
        sys.exit(NONE_FOUND)
    sys.stdout.write(f"Browser: {path}\n")


if __name__ == "__main__":
    main()
