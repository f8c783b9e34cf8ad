"""Where Dagster's text is so short that no honest sentence with a way out fits."""

# By the name of the misuse, with what Dagster's few characters leave out.
TERSER_IN_DAGSTER = {
    "result_of_an_unknown_op": "25 characters, and no suggestion",
    "result_of_an_unknown_output": "31 characters, and no suggestion",
    "output_metadata_of_an_unknown_name": "31 characters, and no suggestion",
    "call_with_an_unknown_output": "a KeyError of the name alone",
    "partition_that_is_unknown": "44 characters, and no suggestion",
    "json_of_an_object": "31 characters, neither the value nor its place",
}
