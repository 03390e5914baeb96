import io
import json

from jupyter_tools.traces.columns import COLUMN_NAMES
from jupyter_tools.traces.json_lines import iso_time, read_json_lines, write_json_lines

SPAN = {"kind": "tool", "name": "t", "status": "ok", "started": "2026-01-02T03:04:05.000006Z", "span_id": "1"}


def test_a_line_is_read_and_written_the_same() -> None:
    line = json.dumps(SPAN | {"duration_ms": 1.0, "turn": 2, "tokens_estimated": False, "args": {"город": None}})
    out = io.StringIO()
    assert write_json_lines(read_json_lines([line, "", "  \n"]), out) == 1
    assert json.loads(out.getvalue()) == json.loads(line)
    assert out.getvalue().count("\n") == 1


def test_unknown_names_are_left_out_and_all_columns_are_there() -> None:
    [chunk] = read_json_lines([json.dumps(SPAN | {"of_a_later_version": 1})])
    assert list(chunk) == list(COLUMN_NAMES)


def test_times_are_exact_to_the_microsecond_whatever_their_zone() -> None:
    [chunk] = read_json_lines([json.dumps(SPAN), json.dumps(SPAN | {"started": "2026-01-02T06:04:05.000006+03:00"})])
    assert chunk["started"][0] == chunk["started"][1]
    assert iso_time(chunk["started"][0]) == SPAN["started"]
