import pytest

from opnb.model.code_references import (
    CodeReferencesMetadataValue,
    LocalFileCodeReference,
    UrlCodeReference,
)
from opnb.model.errors import ParameterCheckError
from opnb.model.normalize import normalize_metadata

HERE = LocalFileCodeReference(file_path="load.py", line_number=3, label="load")
THERE = UrlCodeReference(url="https://example.org/load.py")


def test_references_are_kept_in_their_order_and_compare_by_value():
    value = CodeReferencesMetadataValue(code_references=[HERE, THERE])

    assert value.code_references == (HERE, THERE)
    assert value.value is value
    assert value == CodeReferencesMetadataValue(code_references=(HERE, THERE))
    assert normalize_metadata({"code": value}) == {"code": value}


@pytest.mark.parametrize(
    "make",
    [
        lambda: LocalFileCodeReference(file_path=3),
        lambda: LocalFileCodeReference(file_path="a", line_number="3"),
        lambda: UrlCodeReference(url=None),
        lambda: UrlCodeReference(url="a", label=3),
        lambda: CodeReferencesMetadataValue(code_references=["a"]),
        lambda: CodeReferencesMetadataValue(code_references=None),
    ],
)
def test_an_argument_of_the_wrong_type_is_refused(make):
    with pytest.raises(ParameterCheckError, match="must be"):
        make()
