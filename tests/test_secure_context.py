"""Which addresses browsers let use camera and microphone."""

import pytest

from components.secure_context import is_secure


@pytest.mark.parametrize(
    "address",
    (
        "https://masque.example/studio",
        "http://localhost:8501",
        "http://app.localhost/",
        "http://127.0.0.1:8501/steps",
        "http://[::1]:8501/",
    ),
)
def test_https_and_this_very_computer_are_secure(address):
    assert is_secure(address)


@pytest.mark.parametrize(
    "address",
    ("http://192.168.1.20:8501/", "http://masque.example", "http://localhost.example", "http://[fe80::1]/"),
)
def test_the_rest_of_the_network_is_not(address):
    assert not is_secure(address)
