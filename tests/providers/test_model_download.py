import hashlib

import httpx
import pytest

from jupyter_tools.providers.model_download import SourceError, fetch, new_client, put_in_place
from tests.providers.file_server import file_server

DATA = bytes(range(256)) * 5000
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def server():
    with file_server() as running:
        running.files["/model"] = DATA
        yield running


@pytest.fixture
def client():
    with new_client() as running:
        yield running


class Counted:
    def __init__(self):
        self.total = 0

    def __call__(self, count):
        self.total += count


def test_a_file_comes_whole_and_its_bytes_are_counted(server, client, tmp_path):
    count = Counted()
    assert fetch(client, f"{server.url}/model", tmp_path / "part", count).read_bytes() == DATA
    assert count.total == len(DATA)


def test_a_cut_connection_goes_on_where_it_was_cut(server, client, tmp_path):
    server.cut_after = [1000, 0, 70_000]
    count = Counted()
    assert fetch(client, f"{server.url}/model", tmp_path / "part", count).read_bytes() == DATA
    assert [start for _, start in server.requests] == [0, 1000, 1000, 71_000]
    assert count.total == len(DATA)


def test_a_part_of_an_earlier_run_is_not_fetched_again(server, client, tmp_path):
    part = tmp_path / "part"
    part.write_bytes(DATA[:4096])
    count = Counted()
    fetch(client, f"{server.url}/model", part, count)
    assert part.read_bytes() == DATA
    assert server.requests == [("/model", 4096)]
    assert count.total == len(DATA)


def test_a_server_without_ranges_begins_again(server, client, tmp_path):
    server.ranges_allowed = False
    part = tmp_path / "part"
    part.write_bytes(b"old")
    count = Counted()
    fetch(client, f"{server.url}/model", part, count)
    assert part.read_bytes() == DATA
    assert count.total == len(DATA)


def test_a_part_that_is_whole_is_taken_as_it_is(server, client, tmp_path):
    part = tmp_path / "part"
    part.write_bytes(DATA)
    assert fetch(client, f"{server.url}/model", part, Counted()).read_bytes() == DATA


def test_a_part_that_is_too_long_is_fetched_anew(server, client, tmp_path):
    part = tmp_path / "part"
    part.write_bytes(DATA + b"more")
    assert fetch(client, f"{server.url}/model", part, Counted()).read_bytes() == DATA


def test_a_connection_that_is_always_cut_ends_with_a_reason(server, client, tmp_path, monkeypatch):
    monkeypatch.setattr("jupyter_tools.providers.model_download.time.sleep", lambda _: None)
    server.cut_after = [0] * 20
    with pytest.raises(SourceError, match="cut again and again"):
        fetch(client, f"{server.url}/model", tmp_path / "part", Counted())


def test_an_answer_that_is_no_file_is_told_and_not_kept(server, client, tmp_path):
    with pytest.raises(SourceError, match="404"):
        fetch(client, f"{server.url}/other", tmp_path / "part", Counted())
    assert not (tmp_path / "part").exists()


def test_a_host_that_cannot_be_reached_is_told_at_once(client, tmp_path):
    with pytest.raises(SourceError, match="cannot be reached"):
        fetch(client, "http://127.0.0.1:9/model", tmp_path / "part", Counted())


def test_stopping_keeps_what_has_come(server, client, tmp_path):
    def stop(_count):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(client, f"{server.url}/model", tmp_path / "part", stop)
    assert DATA.startswith((tmp_path / "part").read_bytes())
    assert (tmp_path / "part").stat().st_size > 0


def test_a_file_url_is_read_where_it_is(client, tmp_path):
    wheel = tmp_path / "a wheel.whl"
    wheel.write_bytes(DATA)
    assert fetch(client, wheel.as_uri(), tmp_path / "part", Counted()) == wheel


def test_a_file_url_without_file_is_told(client, tmp_path):
    with pytest.raises(SourceError, match="no file"):
        fetch(client, (tmp_path / "missing").as_uri(), tmp_path / "part", Counted())


def test_a_file_gets_its_name_once_its_hash_is_right(tmp_path):
    part = tmp_path / "part"
    part.write_bytes(DATA)
    put_in_place(part, tmp_path / "model", SHA256)
    assert (tmp_path / "model").read_bytes() == DATA
    assert not part.exists()


def test_a_file_with_a_wrong_hash_is_deleted(tmp_path):
    part = tmp_path / "part"
    part.write_bytes(b"not the model")
    with pytest.raises(SourceError, match="SHA-256"):
        put_in_place(part, tmp_path / "model", SHA256)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("variable", ["PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_a_companys_own_authority_is_trusted(variable, tmp_path, monkeypatch):
    import certifi

    for name in ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, certifi.where())
    with new_client() as client:
        assert isinstance(client, httpx.Client)
