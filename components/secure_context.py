"""Pages without https, from which browsers keep camera and microphone."""

from ipaddress import ip_address
from urllib.parse import urlsplit

import streamlit as st


def note_what_a_browser_withholds(what: str) -> None:
    """Says why there will be no camera or microphone, where this page's address is the reason."""
    address = st.context.url
    if address and not is_secure(address):
        st.caption(
            f"Browsers keep the {what} from pages without https. A file can be uploaded all the same: "
            "on a phone, the dialog that asks for one offers to record it."
        )


def is_secure(address: str) -> bool:
    """Whether a page at this address is a secure context (W3C Secure Contexts, section 3.1)."""
    parts = urlsplit(address)
    if parts.scheme == "https":
        return True
    host = parts.hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
