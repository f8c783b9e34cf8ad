"""Events and asset keys as they are made."""

from parity.harness import outcome, program


@program("1.1 Output")
def outputs_as_they_are_made(dg):
    return [
        dg.Output(5),
        dg.Output(5, "rows", {"n": 1}),
        dg.Output(5) == dg.Output(5),
        dg.Output(5) == dg.Output(6),
        dg.Output(5, metadata={"n": 1}).with_metadata({"m": 2}),
        outcome(dg.Output, 5, None),
        outcome(dg.Output, 5, metadata={"n": object()}),
    ]


@program("1.1 Output")
def an_output_with_a_data_version_and_tags(dg):
    version = dg.DataVersion("v1")
    return dg.Output(5, data_version=version, tags={"team": "sales"})


@program("1.1 DynamicOutput")
def dynamic_outputs_as_they_are_made(dg):
    return [
        dg.DynamicOutput(5, "a"),
        dg.DynamicOutput(5, mapping_key="a_1", output_name="rows", metadata={"n": 1}),
        dg.DynamicOutput(5, "a") == dg.DynamicOutput(5, "a"),
        outcome(dg.DynamicOutput, 5, "a.csv"),
        outcome(dg.DynamicOutput, 5, ""),
        outcome(dg.DynamicOutput, 5, 1),
    ]


@program("1.1 AssetMaterialization")
def materializations_as_they_are_made(dg):
    one = dg.AssetMaterialization("orders", "written", {"n": 1}, "2026", {"a": "b"})
    return [
        one,
        dg.AssetMaterialization(asset_key="orders"),
        one.label,
        dg.AssetMaterialization(["sales", "orders"]).label,
        dg.AssetMaterialization("orders") == dg.AssetMaterialization("orders"),
        one.with_metadata({"m": 2}),
        outcome(hash, one),
    ]


@program("1.1 AssetMaterialization.file")
def a_materialization_of_a_file(dg):
    return [
        dg.AssetMaterialization.file("a/b.csv"),
        dg.AssetMaterialization.file("a/b.csv", "written", "orders"),
    ]


@program("1.1 AssetObservation")
def observations_as_they_are_made(dg):
    return [
        dg.AssetObservation("orders"),
        dg.AssetObservation("orders", "seen", {"n": 1}, "2026", {"a": "b"}),
        dg.AssetObservation("x", tags={"dagster/data_version": "v1"}).data_version,
        dg.AssetObservation("x").data_version,
    ]


@program("1.1 ExpectationResult")
def expectation_results_as_they_are_made(dg):
    return [
        dg.ExpectationResult(True),
        dg.ExpectationResult(False, "dated", "All dated.", {"n": 1}),
        outcome(dg.ExpectationResult, "yes"),
        outcome(dg.ExpectationResult, 1),
        outcome(dg.ExpectationResult, True, 5),
    ]


@program("1.2 Failure")
def failures_as_they_are_made(dg):
    return [
        dg.Failure(),
        dg.Failure("No rows.", {"n": 1}, False),
        dg.Failure(description="No rows.", allow_retries=True),
        str(dg.Failure("No rows.")),
        str(dg.Failure()),
        outcome(dg.Failure, metadata={"n": object()}),
        outcome(dg.Failure, 5),
    ]


@program("1.1 HookExecutionResult")
def small_classes_as_they_are_made(dg):
    return [dg.DataVersion("v1"), dg.HookExecutionResult("tell")]


def _read(dg, key):
    return [
        outcome(lambda: dg.AssetMaterialization(key).asset_key),
        outcome(lambda: dg.AssetObservation(key).asset_key),
        outcome(dg.AssetKey, key),
    ]


@program("4.2 dots")
def a_key_with_a_dot(dg):
    return [*_read(dg, "s3.my_asset"), dg.AssetKey.from_user_string("s3.my_asset")]


@program("4.2 slashes")
def a_key_with_a_slash(dg):
    return [*_read(dg, "a/b"), dg.AssetKey.from_user_string("a/b")]


@program("4.2 other characters")
def keys_with_hyphens_spaces_and_colons(dg):
    return [_read(dg, key) for key in ("my-asset", "a b", "a:b")]


@program("4.2 urls")
def a_key_that_is_a_url(dg):
    url = "s3://bucket/x.csv"
    return [*_read(dg, url), dg.AssetKey.from_user_string(url)]


@program(
    "4.2 nothing left",
    departs="Text of which no letter is left keeps its name, and an empty key is "
    "an error; Dagster makes an empty key of either.",
)
def a_key_without_ascii_letters(dg):
    return [
        dg.AssetMaterialization("é").asset_key,
        outcome(dg.AssetMaterialization, ""),
    ]


@program("4.2 nothing left")
def an_asset_key_without_ascii_letters(dg):
    return [dg.AssetKey("é"), dg.AssetKey([""]), dg.AssetKey("")]


@program("4.2 lists")
def keys_that_are_lists(dg):
    given = [["a.b", "c/d"], ("a", "b"), dg.AssetKey(["a.b"])]
    return [outcome(lambda k=k: dg.AssetMaterialization(k).asset_key) for k in given]


@program("4.2 lists")
def an_asset_key_of_a_list(dg):
    return [dg.AssetKey(["a.b", "c/d"]), dg.AssetKey(("a", "b"))]


@program("4.2 refused")
def keys_that_are_no_text(dg):
    return [_read(dg, key) for key in (None, 5, [5])]


@program("4.2 methods")
def what_an_asset_key_can_do(dg):
    key = dg.AssetKey(["a", "b-c"])
    return [
        key.to_user_string(),
        key.to_string(),
        key.to_python_identifier(),
        dg.AssetKey(["a/b", "c"]).to_escaped_user_string(),
        key.has_prefix(["a"]),
        key.has_prefix(["b"]),
        key.with_prefix("z"),
        key.with_prefix(["y", "z"]),
        key == dg.AssetKey(["a", "b-c"]),
        len({key, dg.AssetKey(["a", "b-c"])}),
        sorted([dg.AssetKey("b"), dg.AssetKey("a")]),
    ]


@program("4.2 methods")
def an_asset_key_to_and_from_text(dg):
    key = dg.AssetKey(["a/b", "c"])
    return [
        key.to_db_string() if hasattr(key, "to_db_string") else key.to_string(),
        dg.AssetKey.from_escaped_user_string(key.to_escaped_user_string()),
        key.path if isinstance(key.path, list) else list(key.path),
        list(key.parts),
    ]


@program("4.3 partition")
def partitions_of_events(dg):
    return [
        dg.AssetMaterialization("x", partition="2026-01-01").partition,
        outcome(dg.AssetMaterialization, "x", partition=2026),
        outcome(dg.AssetObservation, "x", partition=["a"]),
    ]


@program("4.3 partition")
def a_partition_of_several_dimensions(dg):
    key = dg.MultiPartitionKey({"y": "2", "x": "1"})
    return [str(key), dg.AssetMaterialization("x", partition=key).partition == "1|2"]


@program("4.3 tags")
def tags_of_events(dg):
    return [
        dg.AssetMaterialization("x", tags={"a": "b", "ns/a": "b.c-d_e"}).tags,
        dg.AssetObservation("x", tags={"a": ""}).tags,
        dg.AssetMaterialization("x", tags={"a" * 63: "b" * 63}).tags is not None,
    ]


@program("4.3 tags, refused")
def tags_that_cannot_be(dg):
    given = [
        {"a b": "x"},
        {"a": "x y"},
        {"a/b/c": "x"},
        {"a" * 64: "x"},
        {"a": "x" * 64},
        {"a": 5},
        {"é": "x"},
        {"": "x"},
    ]
    return [outcome(dg.AssetMaterialization, "x", tags=tags) for tags in given]


@program(
    "4.3 tags, refused",
    departs="The key of a tag that is no text is an InvalidDefinitionError; Dagster "
    "raises an AttributeError.",
)
def a_key_of_a_tag_that_is_no_text(dg):
    return outcome(dg.AssetMaterialization, "x", tags={5: "a"})


@program("4.3 tags, refused")
def tags_of_an_output_that_cannot_be(dg):
    return [
        outcome(dg.Output, 1, tags={"a b": "x"}),
        outcome(dg.AssetObservation, "x", tags={"a": "x y"}),
    ]
