import pytest

from jupyter_tools import errors


def test_an_unknown_name_offers_the_nearest_known_one():
    error = errors.UnknownNameError("tool", "math_evl", ["math_eval", "time_now"])
    assert error.nearest == "math_eval"
    assert str(error) == "There is no tool 'math_evl'. Did you mean 'math_eval'?"


def test_an_unknown_name_like_no_other_lists_what_is_known():
    error = errors.UnknownNameError("tool", "zzz", ["time_now", "math_eval"])
    assert str(error) == "There is no tool 'zzz'. Known: math_eval, time_now."


def test_an_unknown_name_among_none_says_only_so():
    assert str(errors.UnknownNameError("conversation", "a", [])) == "There is no conversation 'a'."


def test_a_missing_package_comes_with_the_line_that_installs_it():
    error = errors.MissingExtraError("xllamacpp", "local", "The embedded model")
    assert 'pip install "jupyter_tools[local]"' in str(error)


def test_bad_arguments_are_told_so_that_a_model_can_repair_them():
    error = errors.ToolArgumentsError("f", ["x: is required", "y: is not a number"], '{"y": "a"}')
    assert (
        str(error) == 'Invalid arguments for f:\n- x: is required\n- y: is not a number\nReceived arguments: {"y": "a"}'
    )


@pytest.mark.parametrize(
    "kind",
    [
        errors.ConfigurationError,
        errors.ToolDefinitionError,
        errors.ModelFileError,
        errors.ProviderError,
        errors.TraceStoreError,
    ],
)
def test_every_error_is_one_of_ours(kind):
    assert issubclass(kind, errors.JupyterToolsError)


@pytest.mark.parametrize(("status", "kind"), [(429, "429"), (None, "ProviderError")])
def test_the_kind_of_an_error_is_the_status_that_a_server_gave_else_its_name(status, kind):
    assert errors.error_type_of(errors.ProviderError("test", "it failed.", status=status)) == kind
