"""What is kept is read back by the same user alone, and never grows beyond its cap."""

import hashlib
import multiprocessing
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from opnb.memo.refusal import RefusedError
from opnb.memo.secret import user_secret
from opnb.memo.store import MemoStore

HEAD = {"run_id": "r1", "time": 1.5, "outputs": [["tidy", None, None, None]]}
NOT_ROOT = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away"
)


def key_of(name):
    return hashlib.sha256(name.encode()).hexdigest()[:40]


@pytest.fixture(name="store")
def _store(tmp_path):
    return MemoStore(tmp_path / ".opnb" / "memo", 10**6)


def keep(store, name="a", data=b"data", op="clean"):
    store.write(op, key_of(name), HEAD, [("pickle", data)])
    return store.folder / f"{op}-{key_of(name)}.memo"


def read(store, name="a", op="clean"):
    return store.read(op, key_of(name))


def test_what_is_kept_is_read_back(store):
    keep(store)

    head, blobs = read(store)

    assert head["run_id"] == "r1"
    assert blobs == [("pickle", b"data")]
    assert read(store, "other") is None


def test_files_and_folder_are_the_users_alone(store, tmp_path):
    before = os.umask(0)
    try:
        path = keep(store)
    finally:
        os.umask(before)

    assert path.stat().st_mode & 0o777 == 0o600
    assert store.folder.stat().st_mode & 0o777 == 0o700
    key = next(tmp_path.rglob("memo.key"))
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.parent.stat().st_mode & 0o777 == 0o700


def test_the_folder_ignores_itself_in_git(store):
    keep(store)

    assert (store.folder / ".gitignore").read_text() == "*\n"


def cut(path):
    path.write_bytes(path.read_bytes()[:-1])


def flip(path):
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def flip_head(path):
    path.write_bytes(path.read_bytes().replace(b"tidy", b"tidx"))


def empty(path):
    path.write_bytes(b"")


def write_noise(path):
    path.write_bytes(b"opnb memo 1\n" + b"\xff" * 100)


@pytest.mark.parametrize("harm", [cut, flip, flip_head, empty, write_noise])
def test_a_damaged_file_is_refused_and_written_anew(store, harm):
    path = keep(store)
    harm(path)

    with pytest.raises(RefusedError, match="damaged"):
        read(store)

    keep(store)
    assert read(store) is not None


def test_a_file_in_the_place_of_another_is_refused(store):
    keep(store, "a").replace(store.folder / f"clean-{key_of('b')}.memo")

    with pytest.raises(RefusedError, match="not kept by you"):
        read(store, "b")


def test_a_file_signed_with_another_key_is_refused(store, monkeypatch, tmp_path):
    keep(store)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "another"))

    with pytest.raises(RefusedError, match="not kept by you"):
        read(store)


def test_a_link_is_not_followed(store, tmp_path):
    path = keep(store)
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(OSError, match="symbolic links"):
        read(store)


def test_a_file_open_to_others_is_refused(store):
    keep(store).chmod(0o640)

    with pytest.raises(RefusedError, match="open to other users"):
        read(store)


@NOT_ROOT
def test_a_file_of_another_user_is_refused(store):
    os.chown(keep(store), 12345, -1)

    with pytest.raises(RefusedError, match="what was kept is another user's"):
        read(store)


@NOT_ROOT
def test_a_folder_of_another_user_is_refused(store):
    keep(store)
    os.chown(store.folder, 12345, -1)

    with pytest.raises(RefusedError, match="the folder of the memo is another user's"):
        read(store)
    with pytest.raises(RefusedError, match="another user's"):
        keep(store, "b")


def test_a_folder_that_is_a_link_is_refused(store, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    store.folder.parent.mkdir()
    store.folder.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(RefusedError, match="is a link"):
        keep(store)


def test_the_users_own_folder_is_closed_to_others_again(store):
    keep(store)
    store.folder.chmod(0o755)

    assert read(store) is not None
    assert store.folder.stat().st_mode & 0o777 == 0o700


def test_the_key_is_made_once():
    assert user_secret() == user_secret()
    assert len(user_secret()) == 32


def key_file():
    user_secret()
    return Path(os.environ["XDG_DATA_HOME"]) / "opnb" / "memo.key"


def test_a_key_open_to_others_is_refused():
    key_file().chmod(0o644)

    with pytest.raises(RefusedError, match="your key is open to other users"):
        user_secret()


def test_a_damaged_key_is_refused():
    key_file().write_bytes(b"short")

    with pytest.raises(RefusedError, match="your key is damaged; delete it"):
        user_secret()


def used(path, seconds):
    os.utime(path, (seconds, seconds))


def test_the_least_recently_used_goes_first(store):
    store.most = 3000
    first, second = (keep(store, name, b"x" * 900) for name in "ab")
    used(first, 10)
    used(second, 20)
    read(store, "a")  # used just now

    keep(store, "c", b"x" * 900)

    assert first.exists()
    assert not second.exists()
    assert sum(p.stat().st_size for p in store.folder.glob("*.memo")) <= store.most


def test_what_is_larger_than_the_cap_is_refused(store):
    store.most = 10

    with pytest.raises(RefusedError, match="it takes 11 bytes, and memo_size is 10"):
        keep(store, data=b"x" * 11)

    assert not list(store.folder.glob("*"))


def test_a_cap_of_nothing_reads_nothing(store):
    keep(store)
    store.most = 0

    assert read(store) is None


def test_what_a_killed_kernel_left_unfinished_is_removed_in_time(store):
    keep(store)
    old, new = store.folder / "clean-1.tmp", store.folder / "clean-2.tmp"
    for path, age in ((old, 4000), (new, 10)):
        path.write_bytes(b"half")
        used(path, time.time() - age)

    keep(store, "b")

    assert not old.exists()
    assert new.exists()


def test_a_write_that_fails_leaves_nothing(store, monkeypatch):
    keep(store)
    before = sorted(store.folder.iterdir())

    with pytest.raises(TypeError):
        store.write("clean", key_of("b"), HEAD, [("pickle", b"x"), ("pickle", 5)])

    assert sorted(store.folder.iterdir()) == before


def test_it_tells_what_there_is(store):
    used(keep(store, "a"), 10)
    used(keep(store, "b", op="load_all"), 20)
    flip_head(keep(store, "c"))

    told = [(kept.op_name, kept.head is not None) for kept in store.kept()]

    assert told == [("clean", False), ("load_all", True), ("clean", True)]


@pytest.mark.parametrize(("op", "left"), [(None, []), ("clean", ["load"])])
def test_clearing_removes_all_or_one_ops(store, op, left):
    keep(store, "a")
    keep(store, "b")
    keep(store, "c", op="load")

    store.clear(op)

    assert [kept.op_name for kept in store.kept()] == left


def test_a_folder_that_is_not_there_is_empty(store):
    assert store.kept() == []
    assert store.clear() == []


def _write_and_read(folder, number):
    store = MemoStore(folder, 10**6)
    for turn in range(20):
        keep(store, "same", f"{number} {turn}".encode() * 1000)
        found = store.read("clean", key_of("same"))
        assert found is not None


def test_kernels_that_write_at_once_do_no_harm(store):
    spawn = multiprocessing.get_context("fork")
    workers = [
        spawn.Process(target=_write_and_read, args=(store.folder, number))
        for number in range(4)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert [worker.exitcode for worker in workers] == [0, 0, 0, 0]
    assert read(store, "same") is not None
    assert not list(store.folder.glob("*.tmp"))


def test_a_kernel_killed_while_it_writes_does_no_harm(store):
    keep(store)
    code = (
        "import os, pathlib, signal\n"
        "from opnb.memo.store import MemoStore\n"
        f"store = MemoStore(pathlib.Path({str(store.folder)!r}), 10**6)\n"
        "pathlib.Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"store.write('clean', {key_of('a')!r}, {HEAD!r}, [('pickle', b'new')])\n"
    )

    killed = subprocess.run([sys.executable, "-c", code], check=False)

    assert killed.returncode == -9
    assert read(store)[1] == [("pickle", b"data")]
    assert len(list(store.folder.glob("*.tmp"))) == 1
