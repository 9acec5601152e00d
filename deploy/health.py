"""Ends with status 0 if the app on this machine answers: python deploy/health.py PORT

For the container's health check, which has no curl; knows the base path that the app was given.
"""

import os
import sys
import urllib.error
import urllib.request


def main(port: str) -> int:
    """Ask Streamlit's own health address."""
    base = os.environ.get("STREAMLIT_SERVER_BASE_URL_PATH", "").strip("/")
    path = "/".join(part for part in (base, "_stcore/health") if part)
    # Docker may have put a proxy into the environment, which knows nothing of this machine's inside.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}/{path}", timeout=4):
            return 0
    except (urllib.error.URLError, OSError) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
