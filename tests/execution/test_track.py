"""A tracked loop passes its items on, counts them, and says at its end how many."""

import asyncio
import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest

from opnb import build_op_context, op
from opnb.execution.track import Bars
from opnb.model.entry import EventType
from opnb.model.errors import CheckError


def asking(session, ask, **options):
    """Run an op that asks its context; return what it gave."""

    @op
    def asks(context):
        return ask(context)

    return session.execute_op(asks, **options).output_value()


def lines(session, ask):
    """Run an op that asks its context; return the lines of its log."""

    @op
    def asks(context):
        ask(context)

    result = session.execute_op(asks, raise_on_error=False)
    kind = EventType.LOG_MESSAGE
    return [entry.message for entry in result.events if entry.event_type is kind]


async def numbers(count):
    for number in range(count):
        await asyncio.sleep(0)
        yield number


class OldStyle:
    """What can be looped over by index alone."""

    def __getitem__(self, place):
        return (1, 2)[place]


# What goes in comes out


@pytest.mark.parametrize(
    ("make", "items"),
    [
        (lambda: [1, 2], [1, 2]),
        (list, []),
        (lambda: iter("ab"), ["a", "b"]),
        (lambda: {"a": 1}, ["a"]),
        (lambda: (n * n for n in range(3)), [0, 1, 4]),
        (OldStyle, [1, 2]),
        (lambda: (), []),
        (lambda: ("a",), ["a"]),
        (lambda: range(7, 1, -3), [7, 4]),
        (lambda: range(2**70, 2**70 + 2), [2**70, 2**70 + 1]),
    ],
    ids=[
        *("list", "nothing", "iterator", "dict", "generator", "by index"),
        *("empty tuple", "tuple", "backwards", "huge numbers"),
    ],
)
def test_the_items_come_out_as_they_went_in(session, make, items):
    assert asking(session, lambda c: list(c.track(make()))) == items


def test_the_very_objects_come_out(session):
    things = [object(), object()]

    found = asking(session, lambda c: list(c.track(things)))

    assert all(a is b for a, b in zip(found, things, strict=True))


def test_it_is_an_iterator_that_is_taken_once(session):
    def ask(context):
        loop = context.track([1, 2, 3])
        return next(loop), list(loop), list(loop), next(loop, "none")

    assert asking(session, ask) == (1, [2, 3], [], "none")


def test_it_has_the_length_of_what_it_is_given(session):
    assert asking(session, lambda c: len(c.track("abc"))) == 3
    assert asking(session, lambda c: [bool(c.track([])), bool(c.track(iter([])))]) == [
        False,
        True,
    ]
    with pytest.raises(TypeError, match=r"has no len\(\)"):
        asking(session, lambda c: len(c.track(iter("abc"))))


def test_it_shows_what_it_loops_over(session):
    assert asking(session, lambda c: repr(c.track([1]))) == "Tracked([1])"
    shown = asking(session, lambda c: repr(c.track(numbers(1))))
    assert shown.startswith("TrackedAsync(<async_generator")


# Some iterators know their place, others are counted: nobody sees a difference

SOURCES = {
    "range": lambda: range(4),
    "list": lambda: [0, 1, 2, 3],
    "tuple": lambda: (0, 1, 2, 3),
    "counted": lambda: iter([0, 1, 2, 3]),
}
WAYS = {
    "to its end": lambda loop, _: sum(1 for _ in loop),
    "left at the first": lambda loop, _: next(n for n in iter(loop) if n == 0),
    "left": lambda loop, _: next(n for n in iter(loop) if n == 2),
    "left at the last": lambda loop, _: next(n for n in iter(loop) if n == 3),
    "closed before": lambda loop, _: (loop.close(), list(loop)),
    "closed within": lambda loop, _: [n for n in loop if n != 2 or loop.close()],
    "closed twice": lambda loop, _: (next(loop), loop.close(), loop.close()),
    "closed at its end": lambda loop, _: (list(loop), loop.close(), list(loop)),
    "watched": lambda loop, c: [(n, c.bars.shown[0].done) for n in loop],
}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
@pytest.mark.parametrize("way", WAYS)
def test_a_loop_counts_alike_whatever_it_goes_over(session, source, way):
    def told(source):
        found = []

        def ask(context):
            loop = context.track(source(), total=4)
            found.append(WAYS[way](loop, context))
            del loop
            found.append([(bar.done, bar.is_over) for bar in context.bars.shown])

        return found, lines(session, ask)

    assert told(source) == told(lambda: (n for n in range(4)))


@pytest.mark.parametrize(
    ("change", "items", "told"),
    [
        (lambda rows: rows.append(9), [0, 9, 9, 9], "items: 4 of 2 done"),
        (lambda rows: rows.pop(), [0], "items: 1 of 2 done"),
    ],
    ids=["longer", "shorter"],
)
def test_a_list_may_change_meanwhile(session, change, items, told):
    def ask(context):
        rows, seen = [0, 9], []
        for item in context.track(rows):
            seen.append(item)
            if len(seen) < 3 and (len(seen) == 1 or len(rows) > 2):
                change(rows)
        return seen

    assert asking(session, ask) == items
    assert lines(session, ask) == [told]


def test_a_loop_that_was_closed_does_not_go_on_in_a_longer_list(session):
    def ask(context):
        queue, seen = [0], []
        pages = context.track(queue)
        for page in pages:
            seen.append(page)
            if page == 2:
                pages.close()
            if page < 6:
                queue.append(page + 1)
        return seen

    assert asking(session, ask) == [0, 1, 2]


def test_more_items_than_python_counts_have_no_total(session):
    def ask(context):
        return next(context.track(range(10**30)))

    assert asking(session, ask) == 0
    assert lines(session, ask) == ["items: 0 done"]


def test_a_list_is_not_held_when_its_loop_is_over(session):
    class Rows(list):
        pass

    def ask(context):
        rows = (object(), Rows())
        held = weakref.ref(rows[1])
        for _ in context.track(rows):
            break
        del rows
        return held() is None

    assert asking(session, ask)


# What the log says


def test_a_loop_that_is_left_counts_the_items_that_are_done(session):
    def ask(context):
        for number in context.track(range(9)):
            if number == 3:
                break

    assert lines(session, ask) == ["items: 3 of 9 done"]


def test_a_loop_that_fails_says_how_far_it_came(session):
    def ask(context):
        for number in context.track(range(9), description="orders"):
            1 / (2 - number)

    assert lines(session, ask) == ["orders: 2 of 9 done"]


def test_what_the_iterable_raises_is_raised(session):
    def source():
        yield 1
        raise LookupError("gone")

    assert lines(session, lambda c: list(c.track(source()))) == ["items: 1 done"]
    with pytest.raises(LookupError, match="gone"):
        asking(session, lambda c: list(c.track(source())))


def test_a_loop_that_is_closed_ends(session):
    def ask(context):
        loop = context.track(range(9))
        next(loop)
        next(loop)
        loop.close()
        context.log.info("then")

    assert lines(session, ask) == ["items: 1 of 9 done", "then"]


def test_a_loop_that_never_begins_says_nothing(session):
    assert lines(session, lambda c: c.track([1]) and None) == []


def test_more_may_come_than_was_said(session):
    assert lines(session, lambda c: list(c.track("abc", total=2))) == [
        "items: 3 of 2 done"
    ]


def test_the_words_of_a_description_are_no_format(session):
    assert lines(session, lambda c: list(c.track([], 0, "100%s {}"))) == [
        "100%s {}: 0 of 0 done"
    ]


def test_of_nested_loops_the_outer_one_is_told(session):
    def ask(context):
        for _ in context.track(range(2), description="outer"):
            for _ in context.track("ab", description="inner"):
                pass

    assert lines(session, ask) == ["outer: 2 of 2 done"]


def test_a_generator_may_track(session):
    def source(context):
        yield from context.track("ab", description="inner")

    def ask(context):
        return list(context.track(source(context), description="outer"))

    assert asking(session, ask) == ["a", "b"]
    assert lines(session, ask) == ["outer: 2 done"]


def test_an_op_that_is_called_within_another_tells_its_loops_there(session):
    @op
    def inner(context):
        return [
            bar.description for _ in context.track("a") for bar in context.bars.shown
        ]

    def ask(context):
        for _ in context.track([1], description="outer"):
            found = inner(build_op_context())
        return found

    assert asking(session, ask) == ["outer", "items"]


def test_an_op_that_is_called_in_no_run_may_track(caplog):
    @op
    def counts(context):
        return [*context.track("ab")]

    with caplog.at_level("INFO", logger="opnb"):
        assert counts(build_op_context()) == ["a", "b"]
    assert caplog.messages == ["items: 2 of 2 done"]


# Asynchronous loops


def test_an_async_loop_is_counted(session):
    async def ask(context):
        return [n async for n in context.track(numbers(3), total=3)]

    @op
    async def asks(context):
        return await ask(context)

    result = session.execute_op(asks)

    assert result.output_value() == [0, 1, 2]
    assert "items: 3 of 3 done" in [entry.message for entry in result.events]


ENDS = {
    "break": (lambda n: n == 1, None),
    "an exception": (lambda n: 1 / (1 - n) < 0, ZeroDivisionError),
}


@pytest.mark.parametrize(("leaves", "error"), ENDS.values(), ids=ENDS.keys())
def test_an_async_loop_that_is_left_ends_at_once(session, leaves, error):
    @op
    async def asks(context):
        async for number in context.track(numbers(9)):
            if leaves(number):
                break
        context.log.info("then")

    result = session.execute_op(asks, raise_on_error=False)
    told = [e.message for e in result.events if e.event_type is EventType.LOG_MESSAGE]

    assert told == ["items: 1 done", *([] if error else ["then"])]
    assert error is None or isinstance(result.error, error)


def test_an_async_loop_can_be_closed_and_is_then_over(session):
    @op
    async def asks(context):
        source = numbers(9)
        loop = context.track(source)
        first = await anext(loop)
        await loop.aclose()
        await loop.aclose()
        return first, [n async for n in loop], [n async for n in source]

    assert session.execute_op(asks).output_value() == (0, [], [])


def test_an_async_loop_that_cannot_begin_is_over(session):
    class Broken:
        def __aiter__(self):
            raise LookupError("gone")

    @op
    async def asks(context):
        try:
            async for _ in context.track(Broken()):
                pass
        except LookupError:
            return [bar.is_over for bar in context.bars.shown]

    assert session.execute_op(asks).output_value() == [True]


# How far the loops are


def seen(context):
    return [
        (bar.description, bar.done, bar.total, bar.depth, bar.is_over)
        for bar in context.bars.shown
    ]


def test_bars_tell_how_far_each_loop_is(session):
    def ask(context):
        for n in context.track(range(3), description="a"):
            for _ in context.track(iter("xy"), description="b"):
                if n == 1:
                    return seen(context)
        return None

    assert asking(session, ask) == [("a", 1, 3, 0, False), ("b", 0, None, 1, False)]


def test_a_loop_within_another_is_forgotten_and_the_last_outer_ones_are_kept(session):
    def ask(context):
        for name in "abcd":
            for _ in context.track([1], description=name):
                list(context.track([1]))
        return seen(context)

    assert asking(session, ask) == [("c", 1, 1, 0, True), ("d", 1, 1, 0, True)]


def test_loops_of_threads_stand_side_by_side(session):
    meet = threading.Barrier(3)

    def work(context, name):
        for _ in context.track([1], description=name):
            list(context.track([2]))
            for _ in context.track([2], description=name * 2):
                meet.wait(10)
                meet.wait(10)

    def ask(context):
        with ThreadPoolExecutor(2) as pool:
            done = [pool.submit(work, context, name) for name in "ab"]
            meet.wait(10)
            shown = [(bar.description, bar.depth) for bar in context.bars.shown]
            meet.wait(10)
        [each.result() for each in done]
        return shown, [bar.is_over for bar in context.bars.shown]

    shown, over = asking(session, ask)

    assert sorted([shown[:2], shown[2:]]) == [[(n, 0), (n * 2, 1)] for n in "ab"]
    assert over == [True, True]


def test_loops_of_tasks_stand_side_by_side(session):
    @op
    async def asks(context):
        shown = []

        async def work(name):
            async for _ in context.track(numbers(2), description=name):
                await asyncio.sleep(0)
                shown.append([bar.depth for bar in context.bars.shown])

        await asyncio.gather(work("a"), work("b"))
        return shown

    assert {
        depth for each in session.execute_op(asks).output_value() for depth in each
    } == {0}


def test_many_threads_lose_no_loop(session):
    def ask(context):
        def work(_):
            return sum(context.track(range(50)))

        with ThreadPoolExecutor(8) as pool:
            sums = set(pool.map(work, range(200)))
        return sums, len(context.bars._running)

    assert asking(session, ask) == ({sum(range(50))}, 0)


def test_a_loop_that_is_dropped_is_over(session):
    def ask(context):
        loop = context.track(range(9))
        next(loop)
        del loop
        gc.collect()
        return seen(context)

    assert asking(session, ask) == [("items", 0, 9, 0, True)]


def test_bars_of_nothing_are_none():
    assert Bars().shown == []


# Wrong arguments


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            (5,),
            r"cannot loop over 5: it is no iterable.*Hint: context.track\(range\(5\)",
        ),
        ((len,), r"it is no iterable.*Hint: Call it"),
        ((None,), r"cannot loop over None.*Hint: Give a list"),
        (([1], "2"), r"'total' must be int, not str: '2'.*Hint: Give a whole number"),
        (([1], 2.0), r"'total' must be int, not float: 2.0.*int\(count\)"),
        (([1], True), r"'total' must be int, not bool"),
        (([1], -1), r"'total' must not be negative: -1.*Hint: Leave it out"),
        (([1], None, 3), r"'description' must be str, not int: 3.*Hint: 'orders'"),
    ],
    ids=["int", "function", "None", "text", "float", "bool", "negative", "description"],
)
def test_wrong_arguments_are_told_at_once(session, arguments, message):
    with pytest.raises(CheckError, match=f"(?s){message}"):
        asking(session, lambda c: c.track(*arguments))


def test_a_total_may_be_any_whole_number(session):
    import numpy as np

    found = lines(session, lambda c: list(c.track(iter("a"), np.int64(3))))

    assert found == ["items: 1 of 3 done"]
