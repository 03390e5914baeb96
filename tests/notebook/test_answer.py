import pickle

from jupyter_tools.agent.result import AgentResult
from jupyter_tools.messages import Usage
from jupyter_tools.notebook.answer import Answer

RESULT = AgentResult(text="It is **4**.", messages=(), stop_reason="stop", usage=Usage(output_tokens=3), run_id="r1")


def test_an_answer_is_its_text_with_the_run_attached():
    answer = Answer(RESULT)
    assert answer == "It is **4**."
    assert f"{answer}!".upper() == "IT IS **4**.!"
    assert answer.result is RESULT
    assert (answer.run_id, answer.usage.output_tokens, answer.messages) == ("r1", 3, ())


def test_an_answer_survives_pickling():
    again = pickle.loads(pickle.dumps(Answer(RESULT)))
    assert (type(again), again, again.result) == (Answer, RESULT.text, RESULT)
