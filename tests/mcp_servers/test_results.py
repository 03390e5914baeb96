import base64

import pytest
from mcp import types

from jupyter_tools.mcp_servers.results import progress_text, result_of
from jupyter_tools.messages import ImageContent, TextContent, text_of

PNG = base64.b64encode(b"\x89PNG").decode()


def answer(*content: object, **more: object) -> types.CallToolResult:
    return types.CallToolResult(content=list(content), **more)


def test_text_and_pictures_come_in_their_order():
    result = result_of(answer(types.TextContent(text="before"), types.ImageContent(data=PNG, mime_type="image/png")))
    assert result.content == (TextContent(text="before"), ImageContent(data=PNG, mime_type="image/png"))


def test_an_error_is_an_error():
    assert result_of(answer(types.TextContent(text="no"), is_error=True)).is_error


def test_data_is_details_and_the_text_if_there_is_no_other():
    result = result_of(answer(structured_content={"t": "тепло"}))
    assert result.details == {"t": "тепло"}
    assert text_of(result.content) == '{"t": "тепло"}'


def test_an_empty_answer_says_so():
    assert text_of(result_of(answer()).content) == "(the tool returned nothing)"


def test_long_text_is_cut():
    assert len(text_of(result_of(answer(types.TextContent(text="x" * 10**6))).content)) < 200_000


@pytest.mark.parametrize(
    ("resource", "shown"),
    [
        (types.TextResourceContents(uri="a://b", text="inside"), "[a://b]\ninside"),
        (
            types.BlobResourceContents(uri="a://b", blob="AAAA", mime_type="application/zip"),
            "[a://b: 3 bytes, application/zip]",
        ),
    ],
)
def test_resources_are_shown_or_named(resource: object, shown: str):
    assert text_of(result_of(answer(types.EmbeddedResource(resource=resource))).content) == shown


def test_a_resource_that_is_a_picture_is_one():
    resource = types.BlobResourceContents(uri="a://b", blob=PNG, mime_type="image/png")
    assert result_of(answer(types.EmbeddedResource(resource=resource))).content == (
        ImageContent(data=PNG, mime_type="image/png"),
    )


def test_links_and_sounds_are_named():
    link = types.ResourceLink(name="paper", uri="https://a.example/paper.pdf")
    sound = types.AudioContent(data="AAAA", mime_type="audio/wav")
    assert text_of(result_of(answer(link)).content) == "[paper: https://a.example/paper.pdf]"
    assert text_of(result_of(answer(sound)).content) == "[audio, audio/wav]"


@pytest.mark.parametrize(
    ("done", "total", "message", "text"),
    [(3, 10, "counting", "3 of 10: counting"), (0.5, None, None, "0.5"), (1, 2, None, "1 of 2"), (1, 0, "x", "1: x")],
)
def test_progress_is_told_in_words(done: float, total: float | None, message: str | None, text: str):
    assert progress_text(done, total, message) == text
