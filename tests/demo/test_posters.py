from xml.etree import ElementTree

import pytest

from frontrow.demo.posters import POSTERS
from frontrow.demo.programme import SHOWS


@pytest.mark.parametrize("name", POSTERS)
def test_a_poster_is_a_small_drawing_without_anything_active(name: str) -> None:
    drawn = POSTERS[name]()
    assert drawn == POSTERS[name]()
    assert len(drawn) < 20_000
    tags = {element.tag.split("}")[1] for element in ElementTree.fromstring(drawn).iter()}
    assert tags <= {"svg", "g", "path", "rect", "circle", "ellipse", "clipPath"}
    assert b"href" not in drawn


def test_every_show_has_a_poster_of_its_own() -> None:
    assert sorted(show.poster for show in SHOWS) == sorted(POSTERS)
