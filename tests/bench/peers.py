"""What Dagster and MLflow are given to do: the same ops, the same events."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import dagster as dg
from bench.measure import Work
from bench.ops import labels

LOG_METRIC = "MLflow log_metric, sqlite"


@dg.op
def empty() -> None: ...


@dg.job
def empty_job():
    empty()


def observing_job(count: int) -> dg.JobDefinition:
    """Return a job of one op that yields so many observations."""

    @dg.op
    def observe():
        for number in range(count):
            text = dg.MetadataValue.md("**bold**")
            yield dg.AssetObservation("orders", metadata=labels(number, text))
        yield dg.Output(None)

    @dg.job
    def observe_job():
        observe()

    return observe_job


def persistent(folder: Path) -> dg.DagsterInstance:
    """Return an instance that keeps what it is told in SQLite files."""
    folder.mkdir()
    return dg.DagsterInstance.local_temp(str(folder))


def execution(
    job: dg.JobDefinition, instance: dg.DagsterInstance
) -> Callable[[], object]:
    """Return a call that executes a job."""
    return lambda: job.execute_in_process(instance=instance)


def mlflow_metrics(folder: Path) -> dict[str, Work]:
    """Return what logs metrics to MLflow's SQLite store: one a call, many a call."""
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    import mlflow

    uri = f"sqlite:///{folder / 'mlflow.db'}"
    client = mlflow.MlflowClient(tracking_uri=uri)
    mlflow.set_tracking_uri(uri)
    run_id = mlflow.start_run().info.run_id
    step = iter(range(10**9))

    def batch() -> None:
        metrics = [
            mlflow.entities.Metric("rows", number, 0, next(step))
            for number in range(1_000)
        ]
        client.log_batch(run_id, metrics)

    return {
        LOG_METRIC: Work(
            lambda: mlflow.log_metric("rows", 1, step=next(step)), times=50
        ),
        "MLflow log_batch of 1,000, sqlite": Work(batch, units=1_000),
    }
