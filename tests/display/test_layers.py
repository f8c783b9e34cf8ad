"""Things are put into layers, links go forward, and nothing overlaps."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from opnb.display.layers import Link, assign, back_links, order
from opnb.display.places import Size, extent, place

COUNT = 12
PAIRS = st.lists(st.tuples(st.integers(0, COUNT - 1), st.integers(0, COUNT - 1)))


def without_circles(pairs):
    back = back_links(COUNT, pairs)
    return [pair for number, pair in enumerate(pairs) if number not in back]


def test_a_link_that_closes_a_circle_is_found():
    assert back_links(3, [(0, 1), (1, 2), (2, 0)]) == {2}


def test_a_link_to_itself_closes_a_circle():
    assert back_links(1, [(0, 0)]) == {0}


def test_without_a_circle_no_link_goes_back():
    assert back_links(4, [(0, 1), (0, 2), (1, 3), (2, 3)]) == set()


def test_a_chain_of_thousands_is_no_harm():
    assert back_links(5000, [(n, n + 1) for n in range(4999)]) == set()


def test_a_thing_stands_after_all_that_lead_to_it():
    links = [Link(0, 1), Link(1, 2), Link(0, 2)]

    assert assign(links, [1.0] * 3, None) == [0, 1, 2]


def test_a_full_layer_sends_what_comes_next_to_a_later_one():
    assert assign([], [10.0] * 5, 20.0) == [0, 0, 1, 1, 2]


def test_a_long_link_has_a_place_in_each_layer_that_it_passes():
    made = order([Link(0, 1), Link(1, 2), Link(0, 2)], [0, 1, 2])

    assert made.chains == [[0, 1], [1, 2], [0, 3, 2]]
    assert sorted(made.rows[1]) == [1, 3]


def test_links_that_need_not_cross_do_not():
    made = order([Link(0, 3), Link(1, 2)], [0, 0, 1, 1])

    assert made.rows in ([[0, 1], [3, 2]], [[1, 0], [2, 3]])


@given(PAIRS)
def test_the_links_that_are_left_have_no_circle(pairs):
    assert back_links(COUNT, without_circles(pairs)) == set()


@given(PAIRS, st.sampled_from([None, 25.0, 60.0]))
def test_every_link_goes_forward_and_nothing_overlaps(pairs, most):
    links = [Link(*pair) for pair in without_circles(pairs)]
    layers = assign(links, [10.0] * COUNT, most)
    assert all(layers[link.source] < layers[link.target] for link in links)

    made = order(links, layers)
    places = place(made, [Size(10.0, 5.0)] * COUNT, 7.0)

    for row in made.rows:
        things = sorted(places.across[n] for n in row if n < COUNT)
        assert all(b - a >= 10.0 for a, b in pairwise(things))
        assert all(0 <= places.across[n] <= places.size.across for n in row)


def test_the_room_that_layers_need_is_known_beforehand():
    assert extent([[0, 1], [2]], [Size(10.0, 5.0)] * 3, 7.0) == Size(36.0, 17.0)
