"""The queue for the work of all sessions."""

import threading
from contextlib import suppress

import pytest

from components.places import Places, processors

SHORT = 0.01


class Gone(Exception):
    """A person closes the page."""


def test_no_more_work_at_once_than_there_are_places():
    places, working, most = Places(2), [], []

    def work():
        with places.place(lambda: None, SHORT):
            working.append(1)
            most.append(len(working))
            threading.Event().wait(SHORT)
            working.pop()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert max(most) <= 2 and len(most) == 8


def test_who_came_first_is_served_first_however_often_they_look_up():
    places, served = Places(1), []

    def come(number, waits):
        with places.place(waits.set, SHORT):
            served.append(number)

    with places.place(lambda: None, SHORT):
        threads = []
        for number in range(5):
            waits = threading.Event()
            threads.append(threading.Thread(target=come, args=(number, waits)))
            threads[-1].start()
            assert waits.wait(10)
    for thread in threads:
        thread.join(10)
    assert served == list(range(5))


def test_who_comes_back_to_the_queue_has_the_same_turn():
    places, served = Places(1), []
    early = places.ticket()

    def come(name, ticket, waits):
        with places.place(waits.set, SHORT, ticket):
            served.append(name)

    with places.place(lambda: None, SHORT):
        threads = []
        for name, ticket in (("late", None), ("early", early)):
            waits = threading.Event()
            threads.append(threading.Thread(target=come, args=(name, ticket, waits)))
            threads[-1].start()
            assert waits.wait(10)
    for thread in threads:
        thread.join(10)
    assert served == ["early", "late"]


def test_of_two_who_hold_one_ticket_either_may_leave():
    """A run of a page that a click has ended looks up later than the one after it has come."""
    places, served = Places(1), []
    ticket, leaves = places.ticket(), threading.Event()

    def give_up():
        if leaves.is_set():
            raise Gone

    def come(waiting):
        with suppress(Gone), places.place(waiting, SHORT, ticket):
            served.append("in")

    with places.place(lambda: None, SHORT):
        waits = threading.Event()
        threads = [threading.Thread(target=come, args=(each,)) for each in (give_up, waits.set)]
        for thread in threads:
            thread.start()
        assert waits.wait(10)
        leaves.set()
        threads[0].join(10)
    threads[1].join(10)
    assert served == ["in"]


def test_who_leaves_the_queue_does_not_hold_it_up():
    places = Places(1)

    def leave():
        raise Gone

    with places.place(lambda: None, SHORT):
        with pytest.raises(Gone), places.place(leave, SHORT):
            pass
    with places.place(leave, SHORT):
        pass


def test_a_place_is_given_back_when_the_work_fails():
    places = Places(1)
    with pytest.raises(Gone), places.place(lambda: None, SHORT):
        raise Gone
    with places.place(lambda: pytest.fail("the place is not free"), SHORT):
        pass


@pytest.mark.parametrize(
    "quota, most", [("150000 100000\n", 2), ("50000 100000\n", 1), ("max 100000\n", None), ("", None)]
)
def test_a_container_has_no_more_processors_than_it_may_use(tmp_path, quota, most):
    file = tmp_path / "cpu.max"
    file.write_text(quota)
    unlimited = processors(tmp_path / "none")
    assert unlimited >= 1
    assert processors(file) == min(unlimited, most or unlimited)
