"""Mails as other programs read them: headers, parts, encodings."""
import datetime
import email
import email.policy
import re

import pytest
import requests

import harness as h
from test_identity_corners import invite


def raw(to):
    found = h.wait(lambda: h.mails(to))[0]
    return requests.get(f"{h.MAIL}/api/v1/message/{found['ID']}/raw", timeout=10).content


@pytest.fixture(scope="module")
def mails():
    """An invitation, whose text was made when it was sent, and a confirmation to an employer with other letters in its name."""
    a = h.new_organisation("Ymddiriedolaeth Gŵyr & Llŷn")
    to, _ = invite(a, ["recruiter"])
    h.wait(lambda: any("can publish" in m["Subject"] for m in h.mails(a.email)))
    return [raw(to), raw(a.email)]


def test_headers_are_those_of_an_automatic_mail(mails):
    for m in (email.message_from_bytes(b, policy=email.policy.default) for b in mails):
        assert not m.defects and all(len(m.get_all(n)) == 1 for n in ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version"))
        assert m["Auto-Submitted"] == "auto-generated" and m["List-Id"] == "Commonhire <notifications.commonhire.example>"
        assert m["Reply-To"] is None and m["From"].addresses[0].addr_spec == "no-reply@commonhire.example" and m["MIME-Version"] == "1.0"
        assert re.fullmatch(r"<[a-z0-9]{26}@commonhire\.example>", m["Message-ID"])
        assert abs(m["Date"].datetime - datetime.datetime.now(datetime.timezone.utc)) < datetime.timedelta(minutes=10)


def test_subjects_with_other_letters_come_back(mails):
    assert "Ymddiriedolaeth Gŵyr & Llŷn" in email.message_from_bytes(mails[0], policy=email.policy.default)["Subject"]


def test_text_first_then_html_both_whole(mails):
    for b in mails:
        m = email.message_from_bytes(b, policy=email.policy.default)
        assert m.get_content_type() == "multipart/alternative"
        text, page = m.iter_parts()
        assert (text.get_content_type(), page.get_content_type()) == ("text/plain", "text/html")
        for part in (text, page):
            assert part.get_content_charset() == "utf-8" and part["Content-Transfer-Encoding"] == "quoted-printable" and not part.defects
        link = re.search(re.escape(h.BASE) + r"/\S+", text.get_content()).group(0)
        assert link in page.get_content().replace("&amp;", "&")


def test_what_stands_beside_the_subject_is_the_mails_first_sentence(mails):
    for b in mails:
        text, page = email.message_from_bytes(b, policy=email.policy.default).iter_parts()
        preheader = re.search(r'<div style="display:none[^"]*">([^<]+)</div>', page.get_content())
        first = re.sub(r"\s+", " ", text.get_content().split("\n\n")[0])
        assert preheader and first.startswith(re.sub(r"\s+", " ", preheader.group(1).replace("&amp;", "&")).strip())
        assert page.get_content().index(preheader.group(0)) < page.get_content().index("<h1")


def test_lines_end_and_fit_as_smtp_wants_them(mails):
    for b in mails:
        assert b"\n" not in b.replace(b"\r\n", b"") and all(len(line) <= 998 for line in b.split(b"\r\n")) and all(byte < 128 for byte in b)
        body = b.split(b"\r\n\r\n", 1)[1]
        assert all(len(line) <= 76 for line in body.split(b"\r\n"))
