// The page shows everything without this script, which adds: a crosshair, sorting, searching, copying, keys, and links that open what
// they name. It changes nothing outside of the page and fetches nothing.
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const make = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  // What was chosen stands in the fragment behind the name of the part: #board&sort=p95&find=login&problems
  const parsed = () => {
    const [part, ...rest] = location.hash.slice(1).split("&");
    const plain = (text) => {
      try {
        return decodeURIComponent(text);
      } catch {
        return text;
      }
    };
    const state = { part: plain(part) };
    for (const one of rest) {
      const [key, value = ""] = one.split("=");
      state[key] = plain(value);
    }
    return state;
  };
  let state = parsed();
  const remember = () => {
    const rest = Object.entries(state).filter(([key, value]) => key !== "part" && value !== undefined);
    const text = rest.map(([key, value]) => "&" + key + (value === "" ? "" : "=" + encodeURIComponent(value))).join("");
    history.replaceState(null, "", state.part || text ? "#" + encodeURI(state.part || "") + text : location.pathname + location.search);
  };

  // A link into a closed part opens it.
  const reveal = () => {
    const target = state.part && document.getElementById(state.part);
    if (!target) return;
    let hidden = false;
    for (let at = target; at; at = at.parentElement) {
      if (at.tagName === "DETAILS" && !at.open) at.open = hidden = true;
    }
    all(".named").forEach((one) => one.classList.remove("named"));
    target.classList.add("named");
    if (hidden || state.part !== location.hash.slice(1)) target.scrollIntoView();
  };

  // Numbers as they are written, in one unit: "1,234.5 ms", "2.5 kB", "×4.2", "+12.3%".
  const units = { ns: 1e-9, "µs": 1e-6, us: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600, d: 86400, B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, "%": 0.01, pp: 0.01 };
  const number = (text, unit) => {
    const found = /([<>≥×]?)([+-]?[\d.,]+(?:e[+-]?\d+)?)[\s ]*([^\s\d\[(]*)/.exec(text);
    if (!found) return null;
    const value = parseFloat(found[2].replace(/,/g, ""));
    return found[1] === "×" ? value - 1 : value * (units[found[3]] ?? units[unit] ?? 1);
  };

  all("table.board").forEach((table, index) => {
    const main = index === 0;
    const heads = all("thead th", table);
    const names = heads.map((head) => head.textContent.trim());
    const unitColumn = names.indexOf("unit");
    const rows = () => all("tbody tr:not(.head):not(.detail)", table).filter((row) => row.closest("table") === table);
    const close = () => all(".detail", table).forEach((row) => row.remove());
    rows().forEach((row, place) => (row.place = place));
    const value = (row, column) => {
      const cell = row.cells[column];
      const unit = unitColumn < 0 ? "" : row.cells[unitColumn].textContent.trim();
      if (column === 0) return cell.querySelector(".name").textContent;
      if (names[column] === "verdict") return cell.textContent;
      return number(cell.textContent.replace("–", ""), /^(p\d|mean|stddev|MAD)/.test(names[column]) ? unit : "");
    };
    const sort = (column, down) => {
      close();
      heads.forEach((head, at) => {
        if (at === column) head.setAttribute("aria-sort", down ? "descending" : "ascending");
        else head.removeAttribute("aria-sort");
      });
      for (const body of all("tbody", table)) {
        const keyed = all(":scope > tr:not(.head)", body).map((row) => [column < 0 ? row.place : value(row, column), row]);
        keyed.sort(([a], [b]) => {
          if (a === null || b === null) return (a === null) - (b === null);
          const order = typeof a === "string" ? a.localeCompare(b, "en", { numeric: true }) : a - b;
          return down ? -order : order;
        });
        body.append(...keyed.map(([, row]) => row));
      }
    };
    heads.forEach((head, column) => {
      if (head.classList.contains("wide")) return;
      const button = make("button", { type: "button", textContent: names[column] });
      button.addEventListener("click", () => {
        const now = head.getAttribute("aria-sort");
        // A second click turns the order, a third one gives back that of the report.
        const first = column === 0 || names[column] === "verdict" ? "ascending" : "descending";
        const next = !now ? first : now === first ? (first === "ascending" ? "descending" : "ascending") : null;
        sort(next ? column : -1, next === "descending");
        if (main) {
          state.sort = next ? (next === "descending" ? "-" : "") + names[column] : undefined;
          remember();
        }
      });
      head.replaceChildren(button);
    });
    const empty = make("p", { className: "soft", hidden: true, textContent: "No row matches." });
    const show = (text, problems) => {
      close();
      const words = text.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const body of all("tbody", table)) {
        const title = body.querySelector(".head")?.textContent ?? "";
        let any = false;
        for (const row of all(":scope > tr:not(.head)", body)) {
          const told = (row.cells[0].textContent + " " + title + " " + (row.cells[row.cells.length - 1].textContent)).toLowerCase();
          row.hidden = !(words.every((word) => told.includes(word)) && (!problems || row.classList.contains("problem")));
          any ||= !row.hidden;
          shown += !row.hidden;
        }
        const head = body.querySelector(".head");
        if (head) head.hidden = !any;
      }
      empty.hidden = shown > 0;
    };
    const copied = (cell) => !cell.classList.contains("wide") && cell.offsetWidth > 0;
    const text = (row) => [...row.cells].filter(copied).map((cell) => {
      const name = cell.querySelector(".name");
      return (name && cell.tagName === "TH" ? name.textContent : cell.textContent).trim().replace(/\s+/g, " ");
    });
    const lines = () => [names.filter((name, at) => copied(heads[at])), ...rows().filter((row) => !row.hidden).map(text)];
    const quoted = (cell) => (/[",\n]/.test(cell) ? '"' + cell.replace(/"/g, '""') + '"' : cell);
    const copy = (button, form) => async () => {
      const cells = lines();
      const markdown = () => {
        const line = (row) => "| " + row.map((cell) => cell.replace(/\|/g, "\\|")).join(" | ") + " |";
        return [line(cells[0]), line(cells[0].map((name, at) => (at ? "--:" : "---"))), ...cells.slice(1).map(line)].join("\n");
      };
      const written = form === "CSV" ? cells.map((row) => row.map(quoted).join(",")).join("\n") : markdown();
      let done = true;
      try {
        await navigator.clipboard.writeText(written);
      } catch {
        const area = make("textarea", { value: written });
        document.body.append(area);
        area.select();
        done = document.execCommand("copy");
        area.remove();
      }
      table.copied = written;
      button.textContent = done ? "copied" : "not allowed";
      setTimeout(() => (button.textContent = "copy " + form), 1200);
    };
    // A row opens its details in place: a copy of what its name leads to.
    const open = (link) => {
      const row = link.closest("tr");
      const was = row.nextElementSibling;
      const closed = was && was.classList.contains("detail");
      const part = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      const source = part && part.closest(".metric, div.group");
      if (!source) return false;
      if (closed) was.remove();
      else {
        const copy = source.cloneNode(true);
        all("[id]", copy).concat(copy).forEach((one) => one.removeAttribute("id"));
        copy.querySelector("h3, h4").remove();
        // Under the head of the results their heads would be two steps down.
        all("h3, h4", copy).forEach((head) => head.replaceWith(make("p", {}, make("b", { textContent: head.textContent }))));
        row.after(make("tr", { className: "detail" }, make("td", { colSpan: 30 }, copy)));
      }
      if (main) {
        state.open = closed ? undefined : row.id;
        remember();
      }
    };
    table.addEventListener("click", (event) => {
      const link = event.target.closest("a.name");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      if (open(link) !== false) event.preventDefault();
    });
    const tools = make("div", { className: "tools" });
    const find = make("input", { type: "search", placeholder: "search  /" });
    find.setAttribute("aria-label", "Search the rows");
    const only = make("input", { type: "checkbox" });
    const several = rows().length > 1;
    const apply = () => {
      show(find.value, only.checked);
      if (main) {
        state.find = find.value || undefined;
        state.problems = only.checked ? "" : undefined;
        remember();
      }
    };
    find.addEventListener("input", apply);
    only.addEventListener("change", apply);
    if (several) tools.append(find);
    if (several && table.querySelector(".problem")) tools.append(make("label", {}, only, "only problems"));
    for (const form of ["CSV", "Markdown"]) {
      const button = make("button", { type: "button", textContent: "copy " + form });
      button.addEventListener("click", copy(button, form));
      tools.append(button);
    }
    table.parentElement.before(tools);
    table.parentElement.after(empty);
    if (!main) return;
    const restore = () => {
      if (state.sort) {
        const column = names.indexOf(state.sort.replace(/^-/, ""));
        if (column >= 0) sort(column, state.sort.startsWith("-"));
      }
      find.value = state.find ?? "";
      only.checked = state.problems !== undefined;
      if (find.value || only.checked) show(find.value, only.checked);
      const columns = document.getElementById("more-columns");
      if (columns) {
        columns.checked = state.columns !== undefined;
        columns.addEventListener("change", () => {
          state.columns = columns.checked ? "" : undefined;
          remember();
        });
      }
      const opened = state.open && document.getElementById(state.open);
      if (opened && opened.querySelector("a.name")) open(opened.querySelector("a.name"));
    };
    restore();
    table.find = find;
  });

  // One hair for all pictures, with the words of the stretch under it below the picture.
  const spotted = all("svg.chart").filter((chart) => chart.querySelector(".spots"));
  for (const chart of spotted) {
    const spots = all(".spots rect", chart);
    const hair = document.createElementNS(chart.namespaceURI, "line");
    hair.setAttribute("class", "hair");
    hair.setAttribute("visibility", "hidden");
    hair.setAttribute("y1", 0);
    hair.setAttribute("y2", spots[0].getAttribute("height"));
    chart.append(hair);
    const readout = make("output", { className: "readout" });
    readout.setAttribute("aria-live", "polite");
    chart.after(readout);
    const middle = (spot) => parseFloat(spot.getAttribute("x")) + parseFloat(spot.getAttribute("width")) / 2;
    let at = -1;
    const show = (index) => {
      at = Math.max(0, Math.min(spots.length - 1, index));
      hair.setAttribute("x1", middle(spots[at]) + "%");
      hair.setAttribute("x2", middle(spots[at]) + "%");
      hair.setAttribute("visibility", "visible");
      readout.textContent = spots[at].textContent;
    };
    const hide = () => {
      at = -1;
      hair.setAttribute("visibility", "hidden");
      readout.textContent = "";
    };
    chart.addEventListener("pointermove", (event) => {
      const box = chart.getBoundingClientRect();
      const share = ((event.clientX - box.left) / box.width) * 100;
      let best = 0;
      spots.forEach((spot, index) => {
        if (Math.abs(middle(spot) - share) < Math.abs(middle(spots[best]) - share)) best = index;
      });
      show(best);
    });
    chart.addEventListener("pointerleave", () => document.activeElement !== chart && hide());
    if (chart.getAttribute("role") === "img") {
      chart.setAttribute("tabindex", "0");
      chart.addEventListener("keydown", (event) => {
        const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
        if (step === undefined) return event.key === "Escape" && hide();
        event.preventDefault();
        show(at < 0 && step > 0 && step < Infinity ? 0 : at + step);
      });
      chart.addEventListener("blur", hide);
    }
  }

  // Keys: / searches, ? helps, arrows go through the rows.
  const help = make("dialog");
  const keys = [["/", "search the rows"], ["↑ ↓", "go through the rows of the table"], ["← →", "go through a picture that has the focus"], ["Enter", "open the details of a row"], ["?", "this help"]];
  help.append(make("h2", { textContent: "Keys" }), make("dl", {}, ...keys.flatMap(([key, text]) => [make("dt", {}, make("kbd", { textContent: key })), make("dd", { textContent: text })])), make("form", { method: "dialog" }, make("button", { textContent: "Close" })));
  help.setAttribute("aria-label", "Keys");
  document.body.append(help);
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    const board = document.querySelector("table.board");
    if (typing && event.key === "Escape") return event.target.blur();
    if (typing || event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    if (event.key === "/" && board?.find) {
      event.preventDefault();
      board.find.focus();
    } else if (event.key === "?") {
      event.preventDefault();
      help.showModal();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && event.target.closest?.(".board")) {
      const links = all("tr:not(.head):not([hidden]) > th .link", board);
      const row = event.target.closest("tr");
      const now = links.findIndex((link) => link.closest("tr") === row);
      const next = links[Math.max(0, Math.min(links.length - 1, now + (event.key === "ArrowDown" ? 1 : -1)))];
      if (next) {
        event.preventDefault();
        next.focus();
      }
    }
  });

  window.addEventListener("hashchange", () => {
    state = parsed();
    reveal();
  });
  reveal();
})();
