"""The brief as PDF, on a machine that has Pango."""


def test_brief_is_a_pdf_of_one_page_or_more(page_as, site):
    got = page_as("officer").page.request.get(f"{site.address}/brief/pdf/")

    assert (got.status, got.headers["content-type"]) == (200, "application/pdf")
    assert got.body().startswith(b"%PDF-")
    assert b"/Type /Page" in got.body() or b"/ObjStm" in got.body()
