"""A label says the same in every language that is known, with its accents or without."""

from __future__ import annotations

from datetime import date

import pytest

from verifier.instruments import dates, numerals, vocabulary
from verifier.instruments.phrasebook import phrasebook
from verifier.instruments.vocabulary import Kind


@pytest.mark.parametrize(
    ("label", "kind", "key"),
    [
        ("Taux d'ouverture", "rate", "open_rate"),
        ("Ouvertures uniques", "count", "unique_opens"),
        ("Taux de clics", "rate", "click_rate"),
        ("Taux de réactivité", "rate", "ctor"),
        ("Désinscriptions", "count", "unsubscribes"),
        ("Destinataires", "count", "targeted"),
        ("Emails délivrés", "count", "delivered"),
        ("Tasa de apertura", "rate", "open_rate"),
        ("Aperturas únicas", "count", "unique_opens"),
        ("Correos entregados", "count", "delivered"),
        ("Rebotes duros", "count", "hard_bounces"),
        ("Bajas", "count", "unsubscribes"),
        ("Tasso di apertura", "rate", "open_rate"),
        ("Aperture univoche", "count", "unique_opens"),
        ("Email inviate", "count", "sent"),
        ("Tasso di clic", "rate", "click_rate"),
        ("Taxa de abertura", "rate", "open_rate"),
        ("Cliques únicos", "count", "unique_clicks"),
        ("Entregues", "count", "delivered"),
        ("Openpercentage", "rate", "open_rate"),
        ("Unieke klikken", "count", "unique_clicks"),
        ("Aantal afmeldingen", "count", "unsubscribes"),
        ("Spamklachten", "count", "spam"),
        ("Klachtenpercentage", "rate", "spam_rate"),
        ("Taux de délivrance", "rate", "delivery_rate"),
        ("Durchschnittlicher CPC", "amount", "cpc"),
        ("Anwesenheitsquote", "rate", "show_up_rate"),
        ("Cancelación de suscripción", "count", "unsubscribes"),
        ("Costo medio per clic", "amount", "cpc"),
        ("Custo médio por clique", "amount", "cpc"),
        ("Tracked opens (approximate)", "count", "opens"),
        ("Unsubscribe requests", "count", "unsubscribes"),
        ("People who clicked a link", "count", "unique_clicks"),
        ("Click-through rate (CTR)", "rate", "ctr"),
        ("Amount spent (EUR)", "amount", "spend"),
        ("Cost / conv.", "amount", "cpa"),
        ("Show rate", "rate", "show_up_rate"),
        ("Respuestas", "count", "replies"),
    ],
)
def test_a_label_names_its_figure_in_every_language(label: str, kind: Kind, key: str) -> None:
    meaning = vocabulary.understand(label)
    assert meaning is not None
    assert meaning.key(kind) == key


@pytest.mark.parametrize(("with_accents", "without"), [("Öffnungen", "Offnungen"), ("Désabonnés", "Desabonnes")])
def test_a_label_whose_accents_were_lost_says_the_same(with_accents: str, without: str) -> None:
    assert vocabulary.understand(with_accents) == vocabulary.understand(without) is not None


@pytest.mark.parametrize("words", ["d'ouverture", "de los entregados", "dei consegnati", "of delivered", "van 1.200"])
def test_words_that_name_a_base_are_told_from_labels(words: str) -> None:
    known = vocabulary.names_base(words)
    assert known is (words != "d'ouverture")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("12 de mayo de 2026", date(2026, 5, 12)),
        ("1er juillet 2026", date(2026, 7, 1)),
        ("3 août 2026", date(2026, 8, 3)),
        ("9 ott 2026", date(2026, 10, 9)),
        ("5 mrt. 2026", date(2026, 3, 5)),
        ("2nd of May 2026", date(2026, 5, 2)),
        ("21 dez. 2026", date(2026, 12, 21)),
    ],
)
def test_a_month_is_read_in_every_language(text: str, day: date) -> None:
    (found,) = dates.find(text)
    assert found.days == (day,)


def test_the_beginning_of_two_months_is_neither() -> None:
    assert dates.find("5 jui 2026") == ()


@pytest.mark.parametrize(
    ("text", "value"), [("1,48 Mio.", 1_480_000), ("3,4 milhões", 3_400_000), ("12 mil", 12_000), ("7 mln", 7_000_000)]
)
def test_an_abbreviated_number_is_read_in_every_language(text: str, value: int) -> None:
    numeral = numerals.parse(text)
    assert numeral is not None
    assert numeral.value == value


def test_every_name_belongs_to_a_figure_that_is_kept() -> None:
    known = phrasebook()
    assert {name.figure for name in known.names.values()} <= set(known.figures)
