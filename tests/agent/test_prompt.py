from pathlib import Path

import pytest

from jupyter_tools.agent.prompt import message_of
from jupyter_tools.errors import ConfigurationError
from jupyter_tools.messages import ImageContent, TextContent, UserMessage, user_message
from tests.agent.runs import agent_of, provider_of

PNG = b"\x89PNG\r\n\x1a\n"
IMAGE = ImageContent(data="iVBORw0KGgo=")


class Figure:
    """What draws itself, as notebooks know it."""

    def _repr_png_(self) -> bytes:
        return PNG


def test_text_and_messages_are_what_they_are():
    assert message_of("Привет").content == (TextContent(text="Привет"),)
    message = user_message("hi")
    assert message_of(message) is message


def test_a_list_holds_texts_and_images_of_any_kind(tmp_path: Path):
    (tmp_path / "plot.png").write_bytes(PNG)
    url = "data:image/png;base64,iVBORw0KGgo="
    images = [tmp_path / "plot.png", PNG, Figure(), IMAGE, {"type": "image_url", "image_url": {"url": url}}]
    assert message_of(["What is this?", *images]).content == (TextContent(text="What is this?"), *[IMAGE] * 5)


@pytest.mark.parametrize("prompt", [5, None, [], {}, b"go"])
def test_what_is_no_prompt_is_told(prompt):
    with pytest.raises(ConfigurationError, match="A prompt is text, a UserMessage, or texts and images in a list"):
        message_of(prompt)


@pytest.mark.parametrize("image", [Path("no/such.png"), 5])
def test_an_image_that_cannot_be_read_is_told(image):
    with pytest.raises(ConfigurationError, match="image"):
        message_of(["What is this?", image])


async def test_an_agent_shows_images_to_its_model():
    agent = agent_of(["A plot."])
    await agent.run(["What is this?", Figure()])
    (asked,) = provider_of(agent).requests[0].messages
    assert isinstance(asked, UserMessage)
    assert asked.content == (TextContent(text="What is this?"), IMAGE)
