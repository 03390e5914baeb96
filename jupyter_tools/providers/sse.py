"""Server-sent events: from bytes, cut anywhere, to events. Knows no network.

Follows https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
"""

from __future__ import annotations

from typing import NamedTuple

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LF, _CR = b"\n\r"


class ServerSentEvent(NamedTuple):
    """One event. `id` is the last one the server sent, not necessarily with this event."""

    data: str
    event: str = "message"
    id: str = ""


class SSEDecoder:
    """Decodes one stream. Each line is looked at once, however it was cut."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []  # of a line whose end has not come yet
        self._after_cr = False  # a line feed at the start of the next chunk belongs to that line end
        self._at_start = True
        self._data: list[bytes] = []
        self._event = ""
        self._id = ""

    def decode(self, chunk: bytes) -> list[ServerSentEvent]:
        """The events that `chunk` completes."""
        if self._after_cr and chunk:
            self._after_cr = False
            if chunk[0] == _LF:
                chunk = chunk[1:]
        if not chunk:
            return []
        lines = chunk.splitlines()  # of bytes: at CR, LF and CR LF only, as the standard says
        last = chunk[-1]
        self._after_cr = last == _CR
        unfinished = None if last in (_LF, _CR) else lines.pop()
        if self._pieces and lines:
            lines[0] = b"".join([*self._pieces, lines[0]])
            self._pieces.clear()
        if unfinished is not None:
            self._pieces.append(unfinished)
        return self._read(lines)

    def flush(self) -> list[ServerSentEvent]:
        """The event that the end of the stream cut off, if there is one.

        A browser throws it away. Some servers leave out the last blank line, so it is for the caller to say whether
        its data is whole.
        """
        lines = [b"".join(self._pieces)] if self._pieces else []
        self._pieces.clear()
        return self._read([*lines, b""])

    def _read(self, lines: list[bytes]) -> list[ServerSentEvent]:
        if self._at_start and lines:
            self._at_start = False
            lines[0] = lines[0].removeprefix(_BYTE_ORDER_MARK)
        events: list[ServerSentEvent] = []
        for line in lines:
            if line.startswith(b"data: "):  # nearly all lines; the rest takes the long way
                self._data.append(line[6:])
            elif line:
                self._read_field(line)
            else:
                if self._data:
                    data = b"\n".join(self._data).decode("utf-8", "replace")
                    events.append(ServerSentEvent(data, self._event or "message", self._id))
                    self._data.clear()
                self._event = ""
        return events

    def _read_field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")  # a comment has an empty name and is no field of ours
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.append(value)
        elif name == b"event":
            self._event = value.decode("utf-8", "replace")
        elif name == b"id" and b"\0" not in value:
            self._id = value.decode("utf-8", "replace")
