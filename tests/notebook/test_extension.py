"""Loading, loading again, unloading."""

import opnb


def transformers(shell):
    return [t for t in shell.input_transformers_post if "await_cell" in repr(t)]


def test_loading_twice_is_loading_once(run, shell):
    run("%load_ext opnb")
    opnb.load_ipython_extension(shell)

    assert len(transformers(shell)) == 1


def test_reloading_twice_leaves_one_of_each(run, shell, session, ns):
    run("%%op kept\nx = 1")
    for _ in range(2):
        assert run("%reload_ext opnb").error is None

    assert len(transformers(shell)) == 1
    assert len(run("%%op again\ny = x").cards) == 1
    assert list(session.ops) == ["kept", "again"]


def test_unloading_takes_all_of_it_away(run, shell):
    run("%unload_ext opnb")

    assert transformers(shell) == []
    assert "op" not in shell.magics_manager.magics["cell"]
    assert "op" not in shell.magics_manager.magics["line"]
    assert "%%op" not in shell.strdispatchers["complete_command"].strs
    assert run("%%op gone\nx = 1").error is not None
    run("%load_ext opnb")


def test_unloading_twice_is_fine(shell):
    opnb.unload_ipython_extension(shell)
    opnb.unload_ipython_extension(shell)

    opnb.load_ipython_extension(shell)


def test_a_cell_that_awaits_is_awaited(shell):
    assert shell.transform_cell("%%op a\nawait b").startswith("await get_ipython()")
    assert shell.transform_cell("%%op a\nb").startswith("get_ipython()")


def test_other_cells_are_left_as_they_are(shell):
    for cell in ["await b\n", "%%time\nawait b\n", "%%opera\nawait b\n", "\n"]:
        assert "await get" not in shell.transform_cell(cell)


def test_autoreload_brings_an_edited_module_to_an_op(run, ns, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    module = tmp_path / "edited_between_cells.py"
    module.write_text("def rate(): return 1\n")
    run("%load_ext autoreload\n%autoreload 2\nimport edited_between_cells as module")
    run("%%op first\na = module.rate()")

    module.write_text("def rate(): return 22\n")
    run("%%op second\nb = module.rate()")
    run("%autoreload 0")

    assert (ns["a"], ns["b"]) == (1, 22)
