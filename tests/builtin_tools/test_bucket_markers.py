import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.builtin_tools.bucket import Bucket
from jupyter_tools.builtin_tools.bucket_markers import CITATION_INSTRUCTIONS, expand_buckets, marker, without_markers


@pytest.fixture
def bucket(tmp_path):
    bucket = Bucket(tmp_path)
    bucket.add(b"The text.", id="doc")
    return bucket


TEXT = "\nSource: text.txt\nThe text.\n"


def user(content):
    return {"role": "user", "content": content}


@pytest.mark.parametrize(
    "said", ['{"bucket_id":"doc"}', '{"bucket_id": "doc"}', '{ "bucket_id"\t: "doc" }', '{\n"bucket_id":\n"doc"\n}']
)
def test_a_marker_becomes_the_buckets_text_and_citations_are_asked_for(bucket, said):
    (message,) = expand_buckets([user(f"Read {said}!")], bucket)
    assert message["content"] == f"Read {TEXT}!{CITATION_INSTRUCTIONS}"


def test_every_marker_of_every_user_and_system_message_is_expanded(bucket):
    said = [{"role": "system", "content": marker("doc")}, user(marker("doc") * 2), user("plain")]
    system, first, last = expand_buckets(said, bucket)
    assert system["content"] == TEXT
    assert first["content"] == TEXT * 2
    assert last["content"] == "plain"


def test_parts_are_expanded_and_images_stay(bucket):
    parts = [{"type": "text", "text": marker("doc")}, {"type": "image_url", "image_url": {"url": "x"}}]
    (message,) = expand_buckets([user(parts)], bucket)
    assert message["content"][:2] == [{"type": "text", "text": TEXT}, parts[1]]
    assert message["content"][2]["text"] == CITATION_INSTRUCTIONS


@pytest.mark.parametrize("role", ["assistant", "tool", "function", None])
def test_a_model_or_a_tool_cannot_read_files(bucket, role):
    said = [{"role": role, "content": marker("doc")}]
    assert expand_buckets(said, bucket) == said


@pytest.mark.parametrize("id", ["absent", "..", "~", "%2e%2e", "", "a/b"])
def test_a_missing_bucket_leaves_a_note(bucket, id):
    (message,) = expand_buckets([user(f"Read {marker(id)}")], bucket)
    assert message["content"] == f"Read [There is no bucket {id!r}.]"


def test_a_file_cannot_name_another_file(bucket):
    bucket.add(marker("doc").encode(), id="sly")
    once = expand_buckets([user(marker("sly"))], bucket)
    twice = expand_buckets(once, bucket)
    assert "The text." not in twice[0]["content"]


@pytest.mark.parametrize("messages", [[], [user(None)], [user([])], [{"role": "user"}], [user("plain")]])
def test_without_markers_nothing_changes(bucket, messages):
    assert expand_buckets(messages, bucket) == messages


def test_the_conversation_given_is_not_changed(bucket):
    said = [user([{"type": "text", "text": marker("doc")}]), user(marker("doc"))]
    before = copy.deepcopy(said)
    expand_buckets(said, bucket)
    assert said == before


@given(st.text(), st.sampled_from(["doc", "absent"]), st.text())
def test_text_without_its_markers_reads_nothing(tmp_path_factory, before, id, after):
    bucket = Bucket(tmp_path_factory.getbasetemp() / "markers")
    bucket.add(b"The text.", id="doc")
    safe = without_markers(f"{before}{json.dumps({'bucket_id': id})}{after}")
    assert expand_buckets([user(safe)], bucket) == [user(safe)]
