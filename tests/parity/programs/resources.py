"""Resources: what ops share, and how it is given and taken down."""

from parity.harness import Run, alone, job_of, program


def _asks(dg):
    @dg.op(required_resource_keys={"store"})
    def ask(context):
        return context.resources.store

    return ask


@program("2.11 resources")
def any_object_is_a_resource(dg):
    return Run(job_of(dg, _asks(dg)), resources={"store": "here"})


@program("2.11 resources")
def a_resource_of_the_job(dg):
    return Run(job_of(dg, _asks(dg), resource_defs={"store": "here"}))


@program("2.11 resources")
def a_resource_is_a_function(dg):
    @dg.resource
    def store(_context):
        return "made"

    return Run(job_of(dg, _asks(dg), resource_defs={"store": store}))


@program("2.11 resources")
def a_resource_without_a_context(dg):
    @dg.resource
    def store():
        return "made"

    return Run(job_of(dg, _asks(dg), resource_defs={"store": store}))


@program("2.11 resources")
def hardcoded_resources(dg):
    store = dg.ResourceDefinition.hardcoded_resource({"at": "here"})
    return Run(job_of(dg, _asks(dg), resource_defs={"store": store}))


@program("2.11 resources")
def a_resource_that_is_none(dg):
    store = dg.ResourceDefinition.none_resource()
    return Run(job_of(dg, _asks(dg), resource_defs={"store": store}))


@program("2.11 resource config")
def a_resource_takes_config(dg):
    @dg.resource(config_schema={"path": str})
    def store(context):
        return context.resource_config["path"]

    config = {"resources": {"store": {"config": {"path": "a.db"}}}}
    return Run(job_of(dg, _asks(dg), resource_defs={"store": store}), run_config=config)


@program("2.11 resource config")
def the_config_of_a_resource_is_missing(dg):
    @dg.resource(config_schema={"path": str})
    def store(context):
        return context.resource_config["path"]

    return Run(job_of(dg, _asks(dg), resource_defs={"store": store}))


@program("2.11 resource config")
def a_resource_with_its_config_built_in(dg):
    @dg.resource(config_schema={"path": str})
    def store(context):
        return context.resource_config["path"]

    given = store.configured({"path": "a.db"})
    return Run(job_of(dg, _asks(dg), resource_defs={"store": given}))


@program("2.11 resources of resources")
def a_resource_uses_another(dg):
    @dg.resource
    def base():
        return "a.db"

    @dg.resource(required_resource_keys={"base"})
    def store(context):
        return f"store at {context.resources.base}"

    return Run(job_of(dg, _asks(dg), resource_defs={"store": store, "base": base}))


@program("2.11 missing resource")
def a_resource_that_nobody_gives(dg):
    return Run(job_of(dg, _asks(dg)))


@program("2.10 undeclared resource")
def a_resource_that_was_not_declared(dg):
    @dg.op
    def ask(context):
        return context.resources.store

    return Run(job_of(dg, ask, resource_defs={"store": "here"}))


@program("2.11 teardown")
def a_resource_is_taken_down_after_the_run(dg):
    seen = []

    @dg.resource
    def store():
        seen.append("up")
        yield "made"
        seen.append("down")

    @dg.op(required_resource_keys={"store"})
    def ask(context):
        seen.append(context.resources.store)

    return Run(job_of(dg, ask, resource_defs={"store": store}), seen=seen)


@program("2.11 teardown")
def a_resource_is_taken_down_after_a_failure(dg):
    seen = []

    @dg.resource
    def store():
        try:
            yield "made"
        finally:
            seen.append("down")

    @dg.op(required_resource_keys={"store"})
    def ask(context):
        raise ValueError("no file")

    return Run(job_of(dg, ask, resource_defs={"store": store}), seen=seen)


@program("2.11 teardown")
def resources_are_taken_down_in_reverse(dg):
    seen = []

    @dg.resource
    def base():
        yield "a.db"
        seen.append("base down")

    @dg.resource(required_resource_keys={"base"})
    def store(context):
        yield context.resources.base
        seen.append("store down")

    job = job_of(dg, _asks(dg), resource_defs={"store": store, "base": base})
    return Run(job, seen=seen)


@program(
    "2.11 resource fails",
    departs="No step has failed where none was begun; Dagster counts one that uses "
    "the resource.",
)
def a_resource_cannot_be_made(dg):
    @dg.resource
    def store():
        raise ValueError("no database")

    return Run(job_of(dg, _asks(dg), resource_defs={"store": store}))


@program("2.11 resource fails")
def a_resource_cannot_be_taken_down(dg):
    @dg.resource
    def store():
        yield "made"
        raise ValueError("no database")

    return Run(job_of(dg, _asks(dg), resource_defs={"store": store}))


@program("2.11 ConfigurableResource")
def a_configurable_resource_as_a_parameter(dg):
    class Store(dg.ConfigurableResource):
        path: str
        size: int = 3

        def where(self):
            return f"{self.path} of {self.size}"

    @dg.op
    def ask(store: Store):
        return store.where()

    return Run(job_of(dg, ask, resource_defs={"store": Store(path="a.db")}))


@program("2.11 ConfigurableResource")
def a_configurable_resource_by_its_key(dg):
    class Store(dg.ConfigurableResource):
        path: str

    @dg.op(required_resource_keys={"store"})
    def ask(context):
        return context.resources.store.path

    return Run(job_of(dg, ask), resources={"store": Store(path="a.db")})


@program("2.11 ConfigurableResource")
def a_configurable_resource_configured_at_launch(dg):
    class Store(dg.ConfigurableResource):
        path: str

    @dg.op
    def ask(store: Store):
        return store.path

    store = Store.configure_at_launch()
    config = {"resources": {"store": {"config": {"path": "a.db"}}}}
    return Run(job_of(dg, ask, resource_defs={"store": store}), run_config=config)


@program("2.11 ConfigurableResource")
def a_configurable_resource_sets_itself_up_and_down(dg):
    seen = []

    class Store(dg.ConfigurableResource):
        path: str

        def setup_for_execution(self, context):  # noqa: ARG002 - Dagster's signature
            seen.append(f"up {self.path}")

        def teardown_after_execution(self, context):  # noqa: ARG002 - likewise
            seen.append(f"down {self.path}")

    @dg.op
    def ask(store: Store):
        seen.append("used")

    job = job_of(dg, ask, resource_defs={"store": Store(path="a.db")})
    return Run(job, seen=seen)


@program("2.11 ConfigurableResource")
def a_configurable_resource_within_another(dg):
    class Disk(dg.ConfigurableResource):
        path: str

    class Store(dg.ConfigurableResource):
        disk: Disk

    @dg.op
    def ask(store: Store):
        return store.disk.path

    store = Store(disk=Disk(path="a.db"))
    return Run(job_of(dg, ask, resource_defs={"store": store}))


@program("2.11 ConfigurableResource")
def a_plain_object_as_a_resource_parameter(dg):
    @dg.op
    def ask(store: dg.ResourceParam[dict]):
        return store["path"]

    return Run(job_of(dg, ask), resources={"store": {"path": "a.db"}})


@program("2.11 ConfigurableResource")
def a_field_of_a_configurable_resource_of_a_wrong_type(dg):
    class Store(dg.ConfigurableResource):
        size: int

    @dg.op
    def ask(store: Store):
        return store.size

    return Run(job_of(dg, ask, resource_defs={"store": Store(size="big")}))


@program("1.3 build_resources")
def resources_are_built_by_hand(dg):
    seen = []

    @dg.resource
    def store():
        yield "made"
        seen.append("down")

    with dg.build_resources({"store": store, "path": "a.db"}) as resources:
        seen.extend([resources.store, resources.path])
    return seen


@program("1.3 build_init_resource_context")
def a_resource_is_called_by_hand(dg):
    @dg.resource(config_schema={"path": str})
    def store(context):
        return context.resource_config["path"]

    return store(dg.build_init_resource_context(config={"path": "a.db"}))


@program("2.11 resources")
def a_resource_that_an_execution_replaces(dg):
    job = job_of(dg, _asks(dg), resource_defs={"store": "there"})
    return Run(job, resources={"store": "here"})


@program("2.11 resources")
def a_resource_in_a_step_of_a_graph(dg):
    ask = _asks(dg)

    @dg.graph
    def inner():
        return ask()

    @dg.job(resource_defs={"store": "here"})
    def job():
        inner()

    return Run(job)


@program("2.11 resources")
def one_resource_for_all_steps(dg):
    seen = []

    @dg.resource
    def store():
        seen.append("made")
        return []

    ask = _asks(dg)

    @dg.job(resource_defs={"store": store})
    def job():
        ask()
        ask()

    return Run(job, seen=seen)


@program("2.11 resources")
def resources_of_a_run_alone(dg):
    return alone(dg, _asks(dg), resources={"store": 5})
