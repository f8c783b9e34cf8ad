"""Names that Dagster's older pages use, and that Dagster has since dropped."""

from opnb import AssetMaterialization, EventMetadata, MetadataValue, Output, op


def test_the_seeds_event_metadata_wraps_values_as_metadata_value_does():
    @op
    def store():
        yield AssetMaterialization(
            "orders",
            metadata={
                "path": EventMetadata.path("exports/orders.csv"),
                "report": EventMetadata.url("https://reports.example.com/orders"),
            },
        )
        yield Output(3, metadata={"rows": EventMetadata.int(3)})

    materialization, output = store()

    assert materialization.metadata["path"] == MetadataValue.path("exports/orders.csv")
    assert materialization.metadata["report"].value.endswith("/orders")
    assert output.metadata == {"rows": MetadataValue.int(3)}
