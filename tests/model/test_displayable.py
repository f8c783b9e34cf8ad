import opnb
from opnb.model import displayable
from opnb.model.asset_key import AssetKey


def test_without_a_hook_a_value_shows_as_its_repr(monkeypatch):
    monkeypatch.setattr(displayable, "_hooks", [])

    assert AssetKey("a")._repr_mimebundle_() == ({"text/plain": "AssetKey(['a'])"}, {})


def test_the_last_hook_draws_every_value(monkeypatch):
    monkeypatch.setattr(displayable, "_hooks", [])

    displayable.install_render_hook(lambda _: ({"text/plain": "first"}, {}))
    displayable.install_render_hook(lambda value: ({"text/plain": value.path[0]}, {}))

    assert AssetKey("a")._repr_mimebundle_() == ({"text/plain": "a"}, {})


def test_importing_opnb_installs_a_hook():
    assert displayable._hooks == [opnb._draw]
