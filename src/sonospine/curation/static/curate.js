// Keys, selecting in the source, and where the focus goes after a swap. Every page works without it.
"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const shown = (element) => element.getClientRects().length > 0;
  const typing = (element) =>
    element.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]") !== null;

  function say(text) {
    const live = $("#live");
    live.textContent = "";
    setTimeout(() => { live.textContent = text; }, 50);
  }

  // ---- keys -------------------------------------------------------------------------------------------------------

  const off = () => { try { return localStorage.getItem("keys-off") === "1"; } catch { return false; } };

  function focusField(selector) {
    const field = $(selector);
    if (!field) return;
    for (let box = field.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    field.focus();
    if (field.select) field.select();
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (typing(event.target)) {
      if (event.key === "Escape") { event.target.blur(); }
      return;
    }
    if (event.key === "Escape") { getSelection().removeAllRanges(); offer(null); return; }
    if (off() || event.repeat || event.key.length !== 1) return;
    if (event.key === "/" && $("#find")) { event.preventDefault(); focusField("#find"); return; }
    const found = [...document.querySelectorAll("[data-key]")].find(
      (element) => element.dataset.key.split(" ").includes(event.key) && shown(element) && !element.disabled);
    if (!found) return;
    event.preventDefault();
    found.click();
  });

  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-focus]");
    if (!target) return;
    event.preventDefault();
    focusField(target.dataset.focus);
  });

  // ---- selecting a number in the source ---------------------------------------------------------------------------

  // Direction marks are written out on the page, as ⟨U+202E⟩; a place counts the code points of the text itself.
  const plain = (text) => text.replace(/⟨U\+([0-9A-F]{4,6})⟩/g, (_, hex) => String.fromCodePoint(parseInt(hex, 16)));
  const length = (text) => [...text].length;

  function selected() {
    const selection = getSelection();
    if (!selection || selection.isCollapsed || selection.rangeCount === 0) return null;
    const range = selection.getRangeAt(0);
    const element = (node) => (node.nodeType === 1 ? node : node.parentElement);
    const place = element(range.startContainer).closest("#source [data-address]");
    if (!place) return null;
    const inside = document.createRange();
    inside.selectNodeContents(place);
    // A double click may take the end of the selection into the next paragraph or cell.
    const end = place.contains(range.endContainer) ? range : inside;
    const words = document.createRange();
    words.setStart(range.startContainer, range.startOffset);
    words.setEnd(end.endContainer, end.endOffset);
    const before = document.createRange();
    before.setStart(place, 0);
    before.setEnd(range.startContainer, range.startOffset);
    const text = plain(words.toString());
    const quote = text.trim();
    if (!quote) return null;
    const start = length(plain(before.toString())) + length(text.slice(0, text.indexOf(quote)));
    return { quote, locator: `${place.dataset.address}:${start}-${start + length(quote)}` };
  }

  const NUMBER = /[-−–]?\d[\d   ]*(?:[.,·]\d+)*|[-−–]?[.·]\d+/;

  function numberIn(text) {
    const found = text.match(NUMBER);
    if (!found) return "";
    let number = found[0].replace(/[   ]/g, "").replace(/^[−–]/, "-").replace(/·/g, ".");
    if (/^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(number)) number = number.replace(/,/g, "");
    else number = number.replace(",", ".");
    return number;
  }

  let held = null;

  function offer(found) {
    const fill = $("#fill");
    if (!fill) return;
    held = found;
    fill.hidden = held === null;
    if (held === null) return;
    $("[data-selected]", fill).textContent = held.quote.length > 80 ? `${held.quote.slice(0, 79)}…` : held.quote;
    $("[data-locator]", fill).textContent = held.locator;
    const carry = $("[data-carry]", fill);
    if (carry) {
      const address = new URL(carry.href);
      address.searchParams.set("at", held.locator);
      address.searchParams.set("quote", held.quote);
      address.searchParams.set("value", numberIn(held.quote));
      carry.href = address.href;
    }
  }
  document.addEventListener("selectionchange", () => {
    if (typing(document.activeElement || document.body)) return;
    const found = selected();
    // What was taken from the list of places stays until something else is selected.
    if (found !== null || (held !== null && !held.taken)) offer(found);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-take]");
    if (!button) return;
    offer({ quote: button.dataset.quote, locator: button.dataset.take, taken: true });
    const first = $("#fill [data-fills], #fill [data-supports], #fill [data-carry]");
    if (first) first.focus();
    else say(`The place is ${button.dataset.take}`);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fills]");
    if (!button || held === null) return;
    const form = button.closest("form"), name = button.dataset.fills;
    const input = form.elements[`f.${name}`];
    const number = numberIn(held.quote);
    if (number) input.value = number;
    input.classList.add("filled");
    form.elements[`quote.${name}`].value = held.quote;
    form.elements[`at.${name}`].value = held.locator;
    $("#places").open = true;
    say(`${input.labels[0].textContent.trim()}: ${input.value}, from ${held.locator}`);
    $("#fill").hidden = true;
    getSelection().removeAllRanges();
    held = null;
    input.focus({ preventScroll: false });
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-supports]");
    if (!button || held === null) return;
    const form = button.closest("form"), name = button.dataset.supports;
    const quote = form.elements[`${name}.quote`];
    quote.value = held.quote;
    quote.classList.add("filled");
    form.elements[`${name}.at`].value = held.locator;
    say(`Support of ${name}, from ${held.locator}`);
    $("#fill").hidden = true;
    getSelection().removeAllRanges();
    held = null;
    quote.focus({ preventScroll: false });
  });

  // ---- what comes into view, and what is said ---------------------------------------------------------------------

  function settle() {
    const source = $("#source");
    const mark = source && source.dataset.anchor ? document.getElementById(source.dataset.anchor) : null;
    if (mark) {
      const box = mark.getBoundingClientRect(), pane = source.getBoundingClientRect();
      if (source.scrollHeight > source.clientHeight) source.scrollTop += box.top - pane.top - source.clientHeight / 3;
      const across = mark.closest(".scroll");
      if (across) across.scrollLeft += box.left - across.getBoundingClientRect().left - across.clientWidth / 3;
    }
    const box = $("#keys-off");
    if (box) {
      box.checked = off();
      box.addEventListener("change", () => { try { localStorage.setItem("keys-off", box.checked ? "1" : "0"); } catch { /* private */ } });
    }
  }

  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "main") return;
    settle();
    const notice = $("#notice");
    if (notice) {
      notice.focus({ preventScroll: true });
      const pane = notice.closest(".reading");
      if (pane && pane.scrollHeight > pane.clientHeight) pane.scrollTop = 0; else notice.scrollIntoView({ block: "nearest" });
      say(($(".said", notice) || notice).textContent.trim());
    } else {
      $("#main").focus({ preventScroll: true });
    }
  });
  // What was typed stays on the page: it can be sent again, or copied.
  function unsent(words) {
    let line = $("#unsent");
    if (!line) {
      line = document.createElement("p");
      line.id = "unsent";
      line.className = "fault";
      line.setAttribute("role", "alert");
      $("#main").prepend(line);
    }
    line.textContent = words;
    line.scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("htmx:sendError", () =>
    unsent("The server does not answer: nothing was saved. Is it still running?"));
  document.addEventListener("htmx:beforeSwap", (event) => {
    const answer = event.detail.xhr;
    // A form that is refused before any page is made is answered with a line of text.
    if (!(answer.getResponseHeader("Content-Type") || "").startsWith("text/plain")) return;
    event.detail.shouldSwap = false;
    unsent(`${answer.responseText.trim()} (nothing was saved)`);
  });
  settle();
})();
