"""A visitor without a browser: one session over Streamlit's own websocket protocol.

Twenty browsers on the server's two processor cores would mostly measure the browsers. What such a
visitor sends and receives is what a page would, message by message (streamlit.proto).
"""

import uuid
from collections.abc import Callable
from urllib.parse import urlsplit

import requests
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import connect

XSRF_COOKIE = "_streamlit_xsrf"


class Visitor:
    """A session of the app at an address; a context manager that closes it.

    longest_wait: seconds to wait for any one message before TimeoutError is raised.
    """

    def __init__(self, address: str, longest_wait: float):
        self._address, self._longest_wait = address, longest_wait
        self._http = requests.Session()
        self._http.get(f"{address}/_stcore/health", timeout=longest_wait)
        token = self._http.cookies[XSRF_COOKIE]
        self._http.headers["X-Xsrftoken"] = token
        self._socket = connect(
            f"ws://{urlsplit(address).netloc}/_stcore/stream",
            subprotocols=["streamlit", token],
            additional_headers={"Cookie": f"{XSRF_COOKIE}={token}"},
            open_timeout=longest_wait,
            max_size=None,
        )
        self._known: dict[str, ForwardMsg] = {}
        self._session_id = ""

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(self, *_):
        self._socket.close()
        self._http.close()

    def open_page(self) -> None:
        """Runs the app's first page."""
        message = BackMsg()
        message.rerun_script.query_string = ""
        self._send(message)

    def wait_for(self, wanted: Callable[[Element], bool]) -> Element:
        """The next element drawn that is wanted. Raises RuntimeError if the app shows an error."""
        while True:
            message = self._receive()
            if message.WhichOneof("type") != "delta":
                continue
            element = message.delta.new_element
            kind = element.WhichOneof("type")
            if kind == "exception" or (kind == "alert" and element.alert.format == 1):
                raise RuntimeError(element.exception.message or element.alert.body)
            if wanted(element):
                return element

    def upload(self, uploader: Element, name: str, data: bytes) -> None:
        """Gives a file to an upload field, as choosing it in a browser does."""
        request = BackMsg()
        request.file_urls_request.request_id = uuid.uuid4().hex
        request.file_urls_request.file_names.append(name)
        request.file_urls_request.session_id = self._session_id
        self._send(request)
        answer = self._answer("file_urls_response")
        (urls,) = answer.file_urls
        sent = self._http.put(
            self._address + urls.upload_url, files={"file": (name, data)}, timeout=self._longest_wait
        )
        sent.raise_for_status()
        widget = WidgetState(id=uploader.file_uploader.id)
        file = widget.file_uploader_state_value.uploaded_file_info.add()
        file.name, file.size, file.file_id = name, len(data), urls.file_id
        file.file_urls.CopyFrom(urls)
        rerun = BackMsg()
        rerun.rerun_script.widget_states.widgets.append(widget)
        self._send(rerun)

    def download(self, button: Element) -> bytes:
        """What a download button gives."""
        request = BackMsg()
        request.backend_operation_request.request_id = uuid.uuid4().hex
        request.backend_operation_request.session_id = self._session_id
        file_id = button.download_button.deferred_file_id
        request.backend_operation_request.deferred_file.file_id = file_id
        self._send(request)
        answer = self._answer("backend_operation_response")
        if answer.error_msg:
            raise RuntimeError(answer.error_msg)
        file = self._http.get(self._address + answer.deferred_file.url, timeout=self._longest_wait)
        file.raise_for_status()
        return file.content

    def _answer(self, kind: str):
        while True:
            message = self._receive()
            if message.WhichOneof("type") == kind:
                return getattr(message, kind)

    def _send(self, message: BackMsg) -> None:
        self._socket.send(message.SerializeToString())

    def _receive(self) -> ForwardMsg:
        message = ForwardMsg.FromString(self._socket.recv(timeout=self._longest_wait))
        if message.WhichOneof("type") == "ref_hash":
            # What the session has been sent before is only named.
            return self._known[message.ref_hash]
        if message.metadata.cacheable:
            self._known[message.hash] = message
        if message.WhichOneof("type") == "new_session":
            self._session_id = message.new_session.initialize.session_id
        return message
