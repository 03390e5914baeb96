import copy

from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.builtin_tools.message_dicts import copy_messages, map_text, text_of_message, with_more_text

PARTS = {
    "role": "user",
    "content": [{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {"url": "x"}}, "b"],
}
contents = st.one_of(
    st.none(),
    st.text(),
    st.lists(st.one_of(st.text(), st.fixed_dictionaries({"type": st.just("text"), "text": st.text()}))),
)


def test_copies_share_no_list_and_no_dict_with_the_originals():
    (copied,) = copy_messages([PARTS])
    assert copied == PARTS
    copied["content"][1]["image_url"]["url"] = "changed"
    copied["content"].append("more")
    assert PARTS["content"][1]["image_url"]["url"] == "x"
    assert len(PARTS["content"]) == 3


def test_objects_that_are_no_json_are_shared():
    image = object()
    (copied,) = copy_messages([{"role": "user", "content": None, "media": (image,)}])
    assert copied["media"] == [image]


def test_text_is_found_in_every_kind_of_content():
    assert text_of_message(PARTS) == "a\nb"
    assert text_of_message({"content": "plain"}) == "plain"
    assert text_of_message({"content": None}) == text_of_message({}) == text_of_message({"content": [None, 5]}) == ""


def test_more_text_stands_before_and_after_what_is_said():
    assert with_more_text({"content": "b"}, "a", "c") == {"content": "abc"}
    assert with_more_text({"content": None}, after="c") == {"content": "c"}
    assert with_more_text({"content": ["b"]}, before="a")["content"] == [{"type": "text", "text": "a"}, "b"]


@given(contents)
def test_nothing_changes_what_it_is_given(content):
    message = {"role": "user", "content": content}
    before = copy.deepcopy(message)
    assert map_text(message, lambda text: text) == message
    map_text(message, str.swapcase)
    with_more_text(message, "a", "b")
    copy_messages([message])
    assert message == before
