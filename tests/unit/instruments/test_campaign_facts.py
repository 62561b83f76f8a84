"""What a report says of its campaign in words, on a page and in an export; and in which script it is written."""

from __future__ import annotations

from datetime import date

from verifier.casefile import Box
from verifier.instruments import campaign_facts
from verifier.instruments.text import Line


def line(text: str, left: float, top: float) -> Line:
    return Line(text=text, box=Box(left=left, top=top, right=left + 10 * len(text), bottom=top + 20), confidence=0.99)


def facts(*lines: Line) -> dict[str, str]:
    return {fact.name: fact.text for fact in campaign_facts.on_page(lines)}


def test_what_follows_a_colon_is_the_fact() -> None:
    assert facts(line("Subject: Tiles that last", 0, 0), line("From: Nordlicht", 0, 30)) == {
        "subject": "Tiles that last",
        "sender": "Nordlicht",
    }


def test_a_subject_stands_right_of_its_name_or_beneath_it() -> None:
    assert facts(line("Betreff", 0, 0), line("Fliesen, die bleiben", 120, 0)) == {"subject": "Fliesen, die bleiben"}
    assert facts(line("Oggetto", 0, 0), line("Piastrelle che durano", 0, 24)) == {"subject": "Piastrelle che durano"}


def test_the_day_of_sending_is_told_only_as_a_date() -> None:
    assert facts(line("Envoyé le 12 mai 2026", 0, 0)) == {"sent_on": "12 mai 2026"}
    assert facts(line("Sent", 0, 0), line("12,400", 0, 24)) == {}


def test_the_heading_over_the_day_of_sending_is_the_campaigns_name() -> None:
    told = facts(line("Fall Newsletter", 0, 0), line("SENTDec 13, 2014 3:22 PM", 2, 24), line("Recipients", 0, 90))
    assert told == {"name": "Fall Newsletter", "sent_on": "Dec 13, 2014"}
    assert facts(line("Reports", 300, 0), line("Sent on Dec 13, 2014", 2, 24)) == {"sent_on": "Dec 13, 2014"}


def test_a_date_in_two_lines_is_a_date() -> None:
    stacked = (line("October 7,", 0, 0), line("2014 10:59 AM", 4, 18), line("2016 plan", 300, 18))
    assert [one.days for one in campaign_facts.printed_dates(stacked)] == [(date(2014, 10, 7),)]


def test_a_menu_and_a_filter_are_no_facts() -> None:
    assert facts(line("Audience", 0, 0), line("Templates", 120, 0)) == {}
    assert facts(line("From", 0, 0), line("Mar 13, 2026", 120, 0)) == {}


def test_an_export_names_its_facts_in_rows_of_two() -> None:
    rows = (("Subject line", "Tiles that last"), ("Campaign", "Opens", "Clicks"))
    assert [(fact.name, fact.text) for fact in campaign_facts.in_rows(rows)] == [("subject", "Tiles that last")]


def test_a_foreign_script_is_named_and_a_few_foreign_letters_are_not() -> None:
    assert campaign_facts.script(["Отправлено", "Доставлено", "Открытия"]) == "Cyrillic"
    assert campaign_facts.script(["Sent", "Delivered", "Ω", "Unique opens"]) is None


def test_japanese_is_told_from_chinese_by_its_own_letters() -> None:
    assert (
        campaign_facts.script(["メール配信レポート：春のセール", "送信日：3月4日", "配信停止", "開封数"]) == "Japanese"
    )
    assert campaign_facts.script(["邮件发送报告", "已发送数量", "打开率和点击率", "退订人数统计"]) == "Chinese"
