"""Uploads: what is taken, what is refused and why, and that nothing is left of what broke off."""
import io
import os
import socket
import zipfile

import pytest

import fastcgi
import harness as h


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def docx(*more, kind=WORD):
    """A Word document as small as one can be, and what else is to be in it."""
    parts = {"[Content_Types].xml": f'<Types><Override PartName="/word/document.xml" ContentType="{kind}"/></Types>', "_rels/.rels": "<Relationships/>",
             "word/document.xml": "<w:document/>" * 50, **{name: os.urandom(100) for name in more}}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, content in parts.items():
            z.writestr(name, content)
    return out.getvalue()


def locked(data):
    """The same, each entry said to be encrypted."""
    data = bytearray(data)
    for at in (m.start() for m in h.re.finditer(b"PK\x01\x02", bytes(data))):
        data[at + 8] |= 1
    return bytes(data)


def upload(b, data, name="cv.pdf"):
    b.get("/candidate/documents/new")
    return b.post(files={"file": (name, data)})


@pytest.mark.parametrize("name,data", [("cv.pdf", h.pdf(os.urandom(3000))), ("cv.txt", "Curriculum vitae – Siân\n".encode() * 100),
                                       ("cv.docx", docx("word/media/image1.png"))])
def test_taken(candidate, name, data):
    r = upload(candidate, data, name)
    assert r.status_code == 200 and f"{name} is uploaded" in r.text, h.text_of(r)
    link = h.re.search(r'/candidate/documents/([a-z0-9]{26})">' + name.replace(".", r"\."), r.text).group(1)
    got = candidate.get(f"/candidate/documents/{link}")
    assert got.content == data and got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.raw.headers.getlist("Content-Security-Policy") == ["sandbox; default-src 'none'; frame-ancestors 'none'"]
    assert got.headers["Content-Disposition"].startswith("attachment;") and got.headers["Cache-Control"] == "no-store"


def test_what_opens_is_what_was_looked_at(candidate):
    """A text may be a program by its name, and a long name ends before it says what it is."""
    for name, data, end in (("cv.hta", b"<script>", ".hta.txt"), ("cv.PDF", h.pdf(), ".PDF"), ("Ysbyty " * 22 + ".docx", docx(), ".docx")):
        r = upload(candidate, data, name)
        link = h.re.search(r'/candidate/documents/([a-z0-9]{26})"', r.text).group(1)
        got = candidate.get(f"/candidate/documents/{link}").headers["Content-Disposition"]
        assert got.endswith(end) and not got.endswith(end * 2), got


def test_nobody_fills_the_store_alone():
    b = h.new_candidate("Max Many")
    for _ in range(50):
        assert upload(b, h.pdf()).status_code == 200
    r = upload(b, h.pdf())
    assert r.status_code == 422 and "50 documents" in r.text
    assert h.database("documents").documents.count_documents({"person": h.database("identity").persons.find_one({"email": b.email})["_id"]}) == 50
    b.get("/candidate/documents")
    b.get(h.re.search(r'(/candidate/documents/[a-z0-9]{26}/delete)', b.page.text).group(1))
    b.post(action="delete$")
    assert upload(b, h.pdf()).status_code == 200


@pytest.mark.parametrize("data,why", [(b"", "Choose a file"), (b"MZ\x90\x00" * 500, "must be a PDF"), (docx(kind="text/plain"), "must be a PDF"), (b"\x89PNG\r\n\x1a\n" + b"\0" * 3000, "must be a PDF"),
                                      (docx("word/vbaProject.bin"), "without macros"),
                                      (docx(kind="application/vnd.ms-word.document.macroEnabled.main+xml"), "without macros"), (docx("../../evil.xml"), "must be a PDF"),
                                      (locked(docx()), "or a password"), (docx()[:-1], "must be a PDF"), (b"PK\x03\x04[Content_Types].xml word/document.xml" * 9, "must be a PDF"), (b"%PDF-1.7" + b"x" * (10 << 20), "at most 10 MB"),
                                      (b"%PDF-1", "The end of the PDF is missing"), (h.pdf(size=3000)[:-4], "The end of the PDF is missing"), (h.pdf(b"<</Encrypt 7 0 R>>"), "or a password")])
def test_refused_with_the_reason(candidate, data, why):
    r = upload(candidate, data)
    assert r.status_code == 422 and why in h.text_of(r), h.text_of(r)[:400]


def test_far_too_large_is_refused_before_it_is_read(candidate):
    r = upload(candidate, b"x" * (12 << 20))
    assert r.status_code == 413 and "choose a file of at most 10 MB." in r.text


@pytest.fixture(scope="module")
def small():
    """A replica beside the others that takes 1 MB."""
    h.start("documents", "serve", 3, UPLOAD_MAX_MB="1")
    yield fastcgi.socket_of("documents", 3)
    h.kill("documents-serve-3")


def of(b, method, body=b"", **more):
    """This browser's request at the form, as nginx would send it on."""
    cookies = "; ".join(f"{k}={v}" for k, v in b.cookies.items())
    return fastcgi.request("/candidate/documents/new", method, body, HTTP_COOKIE=cookies, CONTENT_TYPE="multipart/form-data; boundary=b", **more)


def test_a_limit_of_the_deployments_own(small, candidate):
    files = h.database("documents")["fs.files"]
    candidate.get("/candidate/documents/new")
    csrf = dict(candidate.form()["fields"])["csrf"]
    head = f'--b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{csrf}\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="cv.pdf"\r\n\r\n'.encode()
    send = lambda size: of(candidate, "POST", head + h.pdf(size=size) + b"\r\n--b--\r\n")
    kept = files.count_documents({})
    form, refused = fastcgi.ask(small, of(candidate, "GET"), send((1 << 20) + 1), read=fastcgi.whole_answer)
    assert b"plain text, at most 1 MB" in form
    assert fastcgi.status_of(refused) == 422 and b"The file must be at most 1 MB" in refused
    assert files.count_documents({}) == kept
    assert fastcgi.ask(small, send(1 << 20)) == [303] and files.count_documents({}) == kept + 1


def test_a_limit_of_the_deployments_own_refuses_by_the_length_alone(small, candidate):
    """Of what is announced nothing is sent: who waited for it would not answer."""
    announced = of(candidate, "POST", CONTENT_LENGTH=str((2 << 20) + 1))
    assert fastcgi.ask(small, announced[:-8], seconds=5) == [413]


def test_ten_megabytes_go_in_and_memory_stays(candidate):
    def resident(n):
        with open(f"/proc/{h.pid_of(f'documents-serve-{n}')}/statm") as f:
            return int(f.read().split()[1]) * 4096

    data = h.pdf(os.urandom(10 << 19), 10 << 20)
    upload(candidate, data)
    before = [resident(n) for n in (1, 2)]
    for _ in range(4):
        assert upload(candidate, data).status_code == 200
    assert sum(resident(n) for n in (1, 2)) - sum(before) < 4 << 20


def test_a_name_cannot_be_a_path_or_a_header(candidate):
    r = upload(candidate, h.pdf(), "../../etc/pass\u202ewd.pdf")
    assert "../" not in r.text


def test_anothers_document_is_not_there(candidate):
    upload(candidate, h.pdf(b"mine"))
    link = h.re.search(r"/candidate/documents/([a-z0-9]{26})", candidate.get("/candidate/documents").text).group(0)
    assert h.new_candidate().get(link).status_code == 404


def test_deleted_is_gone(candidate):
    c = h.new_candidate()
    upload(c, h.pdf())
    link = h.re.search(r"/candidate/documents/([a-z0-9]{26})", c.get("/candidate/documents").text).group(0)
    page = c.get(link + "/delete")
    assert "Delete this document?" in page.text and "no longer open it" in page.text and c.get(link).status_code == 200
    c.page = page
    assert "is deleted" in c.post(action="delete$").text
    assert c.get(link).status_code == c.get(link + "/delete").status_code == 404


def test_an_upload_that_breaks_off_leaves_nothing(candidate):
    """To nginx, which then passes nothing on; and to the service, which has the beginning in the store by then."""
    page = candidate.get("/candidate/documents/new")
    csrf = dict(candidate.form()["fields"])["csrf"]
    head = f'--b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{csrf}\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="half.pdf"\r\n\r\n%PDF-1.4 '
    half, cookies = head.encode() + b"x" * 400000, "; ".join(f"{k}={v}" for k, v in candidate.cookies.items())
    before, chunks = candidate.get("/candidate/documents").text.count("half.pdf"), h.database("documents")["fs.chunks"]
    kept = chunks.count_documents({})
    with socket.create_connection(("127.0.0.1", int(os.environ["PORT"]))) as s:
        s.sendall(f"POST /candidate/documents/new HTTP/1.1\r\nHost: x\r\nCookie: {cookies}\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 500000\r\n\r\n".encode() + half)
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(fastcgi.socket_of("documents"))
        s.sendall(fastcgi.request("/candidate/documents/new", "POST", half, HTTP_COOKIE=cookies, CONTENT_TYPE="multipart/form-data; boundary=b", CONTENT_LENGTH="500000")[:-8])
        h.wait(lambda: chunks.count_documents({}) > kept)
    h.wait(lambda: chunks.count_documents({}) == kept)
    assert candidate.get("/candidate/documents").text.count("half.pdf") == before and page.status_code == 200


def test_an_upload_that_no_form_of_ours_sent_is_refused_before_its_file_is_taken(candidate, employer):
    """Its token has to come, be this person's, and come before the file; and another site's form does not send it."""
    csrf, file, kept = h.csrf_of(candidate), ("file", ("a.pdf", h.pdf(size=300000))), h.database("documents")["fs.chunks"]
    before = kept.count_documents({})
    mine = ("csrf", (None, csrf))
    for parts, headers in (([file], {}), ([("csrf", (None, "x.y")), file], {}), ([("csrf", (None, h.csrf_of(employer))), file], {}), ([file, mine], {}), ([mine, file], {"Origin": "http://evil.example"}),
                           ([mine, file], {"Origin": "null"}), ([mine, file], {"Referer": "http://evil.example/x"})):
        assert candidate.request("POST", "/candidate/documents/new", files=parts, headers=headers, follow=False).status_code == 403, (parts[0][0], headers)
    assert kept.count_documents({}) == before
    assert candidate.request("POST", "/candidate/documents/new", files=[mine, file], follow=False).status_code == 303
