import pytest

from opnb.definitions.env_var import EnvVar, UnreadEnvVarError, holds_env_var


def test_an_environment_variable_has_a_name_and_a_value(monkeypatch):
    monkeypatch.setenv("THE_ROWS", "7")

    assert EnvVar("THE_ROWS").env_var_name == "THE_ROWS"
    assert EnvVar("THE_ROWS").get_value() == "7"
    assert EnvVar.int("THE_ROWS").get_value() == 7
    assert EnvVar.int("THE_ROWS").env_var_name == "THE_ROWS"


def test_a_variable_that_is_not_set_has_the_value_asked_for():
    assert EnvVar("NONE").get_value() is None
    assert EnvVar("NONE").get_value("a") == "a"
    assert EnvVar.int("NONE").get_value(3) == 3


@pytest.mark.parametrize("made", [EnvVar("A"), EnvVar.int("A")], ids=["text", "int"])
@pytest.mark.parametrize("use", [str, "{}".format])
def test_a_variable_is_no_text_before_the_run(made, use):
    with pytest.raises(UnreadEnvVarError, match="has no value before the run"):
        use(made)
    with pytest.raises(RuntimeError):
        use(made)


def test_a_variable_shows_its_name():
    assert repr(EnvVar("A")) == "EnvVar('A')"
    assert repr(EnvVar.int("A")) == "EnvVar.int('A')"


@pytest.mark.parametrize(
    ("value", "holds"),
    [
        (EnvVar("A"), True),
        ({"a": [EnvVar("A")]}, True),
        ((1, EnvVar.int("A")), True),
        ({"a": ["A"]}, False),
        ("A", False),
    ],
    ids=["itself", "nested", "tuple", "plain", "text"],
)
def test_a_variable_is_found_wherever_it_is(value, holds):
    assert holds_env_var(value) is holds
