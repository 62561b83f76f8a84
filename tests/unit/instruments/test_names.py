import pytest

from verifier.casefile import Box
from verifier.instruments.names import NameRead, find
from verifier.instruments.text import Line, Word


def line(printed: str, confidence: float = 1.0) -> Line:
    words, left = [], 10.0
    for word in printed.split():
        right = left + 10.0 * len(word)
        words.append(Word(text=word, box=Box(left=left, top=20, right=right, bottom=40)))
        left = right + 10
    return Line(
        text=printed, box=Box(left=10, top=20, right=left - 10, bottom=40), confidence=confidence, words=tuple(words)
    )


def found(name: str, printed: str, forbidden: tuple[str, ...] = ()) -> tuple[NameRead, ...]:
    return find((name,), forbidden, (line(printed),))


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("Nordlicht", "NORDLICHT"),
        ("Nordlicht", "by Nordlicht: light that thinks"),
        ("Nordlicht", "Nordlicbt"),  # one letter misread
        ("Café Aurora", "CAFE AURORA"),
        ("God Morgon", "GODMORGON juice"),  # two words read as one
        ("Pardalo", "PAR DALO"),  # and one as two
        ("hp", "the new HP printer"),
        ("Coca-Cola", "drink Coca Cola cold"),
    ],
)
def test_a_name_is_found_as_it_may_be_printed(name: str, printed: str) -> None:
    assert len(found(name, printed)) == 1


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("Ford", "affordable"),  # inside another word
        ("Ford", "Oxford Street"),
        ("Apple", "apples"),  # a longer word is another word
        ("Ford", "word"),  # short names must be read exactly
        ("Nordlicht", "Mondlicht"),
        ("Nordlicht", ""),
    ],
)
def test_a_name_is_not_found_in_other_words(name: str, printed: str) -> None:
    assert found(name, printed) == ()


def test_a_forbidden_longer_word_is_not_the_brand() -> None:
    assert found("Nordlicht", "Nordlichten", ("Nordlichten",)) == ()
    assert found("Apple", "fresh apple juice", ("apple juice",)) == ()
    assert len(found("Apple", "the Apple store", ("apple juice",))) == 1


def test_the_brand_beside_a_forbidden_word_is_still_found() -> None:
    assert [read.text for read in found("Nordlicht", "Nordlicht Nordlichter", ("Nordlichter",))] == ["Nordlicht"]


def test_the_box_is_that_of_the_words_read() -> None:
    (read,) = found("Nordlicht", "by Nordlicht today")
    assert read.box == Box(left=40, top=20, right=130, bottom=40)


def test_each_place_counts_once_and_the_most_alike_comes_first() -> None:
    reads = find(("Nordlicht", "Nordlicht Smart"), (), (line("Nordlicbt"), line("Nordlicht Smart"), line("Nordlicht")))
    assert [read.text for read in reads] == ["Nordlicht Smart", "Nordlicht", "Nordlicbt"]


def test_a_doubtful_reading_counts_less() -> None:
    (sure,), (doubtful,) = (find(("Nordlicht",), (), (line("Nordlicht", of),)) for of in (1.0, 0.8))
    assert doubtful.similarity < sure.similarity


def test_a_line_without_word_boxes_gives_its_own_box() -> None:
    whole = Line(text="by Nordlicht", box=Box(left=0, top=0, right=90, bottom=9), confidence=1.0)
    assert find(("Nordlicht",), (), (whole,))[0].box == whole.box
