"""Secrets are known by their names, and masked wherever their values show."""

import html
import json

import pytest

from opnb.gate.secret import Masker, is_secret_name

VALUE = """p<a>"s's&\\wörd"""


@pytest.mark.parametrize(
    "name",
    """password PASSWORD db_password dbPassword passwd pwd passphrase token
    access_token authToken GITHUB_TOKEN secret client_secret AWS_SECRET_ACCESS_KEY
    api_key apiKey APIKEY apikey private_key credential credentials dsn""".split(),
)
def test_a_name_that_tells_of_a_secret(name):
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    """n author secretary tokenizer max_tokens tokens_per_day token_per_day key
    primary_key monkey keys bypass compass passed n_token""".split(),
)
def test_a_name_that_tells_of_none(name):
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    "form",
    [
        VALUE,
        html.escape(VALUE),
        html.escape(VALUE, quote=False),
        json.dumps(VALUE),
        json.dumps(VALUE, ensure_ascii=False),
        repr(VALUE),
    ],
)
def test_a_secret_is_masked_however_it_is_written(form):
    masked = Masker([VALUE]).text(f"before {form} after")

    assert masked.strip("\"'") in ("before •••• after", *_quoted())


def _quoted():
    return "before '••••' after", 'before "••••" after'


def test_it_is_masked_everywhere_in_a_notebook():
    notebook = {"a": ["x swordfish", {"swordfish": 3}], "b": 5, "c": None}

    assert Masker(["swordfish"]).tree(notebook) == {
        "a": ["x ••••", {"••••": 3}],
        "b": 5,
        "c": None,
    }


def test_json_in_a_text_stays_json():
    line = json.dumps({"id": 12345678, "label": "code 12345678"})

    masked = json.loads(Masker(["12345678"]).tree(line))

    assert masked == {"id": 12345678, "label": "code ••••"}


def test_each_line_of_a_long_secret_is_masked_and_what_is_short_is_left():
    masker = Masker(["-----BEGIN\nMIIEpAIBAAKCAQEA\nxyz\n", "abc"])

    assert masker.text("key MIIEpAIBAAKCAQEA xyz abc") == "key •••• xyz abc"


def test_without_secrets_all_stays_as_it_is():
    value = {"a": ["b"]}

    assert Masker().tree(value) is value
