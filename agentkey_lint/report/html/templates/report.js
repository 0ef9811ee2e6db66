"use strict";
// Filter, sort, open. The page is whole without this: rows are only hidden, moved and unfolded.
(() => {
  const PAGE = 100;
  const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&", "&#34;": "\"", "&#39;": "'" };
  const table = document.getElementById("table");
  const manuals = Array.from(document.querySelectorAll(".manuals details"));

  function reveal() {
    const target = document.getElementById(location.hash.slice(1));
    if (target && target.matches("details")) target.open = true;
    if (target && target.matches(".finding")) open(target, true);
  }

  for (const manual of manuals) manual.open = false;
  addEventListener("hashchange", reveal);
  addEventListener("beforeprint", () => {
    for (const manual of manuals) manual.open = true;
    for (const row of rows) if (!row.hidden) unpack(row);
  });
  addEventListener("afterprint", () => {
    for (const manual of manuals) manual.open = false;
  });

  const form = document.getElementById("filters");
  const words = document.getElementById("words");
  const shown = document.getElementById("shown");
  const further = document.getElementById("further");
  const rows = table ? Array.from(table.tBodies) : [];
  const texts = new Map();
  const collator = new Intl.Collator("en", { numeric: true });
  let order = rows;
  let limit = PAGE;

  // Where scripts run, what stands in a noscript is text: of ten thousand findings only those that are opened are built. The text is the template's own,
  // with every value in it escaped, and the policy runs nothing that is not in its list.
  function unpack(row) {
    const packed = row.querySelector("noscript");
    if (packed) packed.parentNode.innerHTML = packed.textContent;
  }

  // The title of a row becomes a button when the row is first shown: ten thousand at once would be felt.
  function button(row) {
    const title = row.querySelector(".title");
    if (title.firstElementChild) return title.firstElementChild;
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = title.textContent;
    made.setAttribute("aria-expanded", "false");
    made.setAttribute("aria-controls", `${row.id}-more`);
    row.querySelector(".more").id = `${row.id}-more`;
    title.replaceChildren(made);
    return made;
  }

  function open(row, yes) {
    if (yes) unpack(row);
    row.classList.toggle("open", yes);
    row.classList.remove("later");
    button(row).setAttribute("aria-expanded", String(yes));
  }

  function text(row) {
    if (!texts.has(row)) {
      const plain = row.textContent.replace(/<[^>]*>/g, " ").replace(/&(?:lt|gt|amp|#3[49]);/g, (entity) => ENTITIES[entity]);
      texts.set(row, plain.toLowerCase());
    }
    return texts.get(row);
  }

  function update() {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = Array.from(form.querySelectorAll("[data-filter]")).filter((one) => one.value);
    let found = 0;
    for (const row of order) {
      const fits = chosen.every((one) => row.dataset[one.dataset.filter] === one.value) && wanted.every((word) => text(row).includes(word));
      row.hidden = !fits;
      if (!fits) continue;
      found += 1;
      row.classList.toggle("later", found > limit && !row.classList.contains("open"));
      if (found <= limit) button(row);
    }
    const seen = Math.min(found, limit);
    const all = found === rows.length ? "" : ` that match, of ${rows.length}`;
    shown.textContent = found === 0 ? "No finding matches." : `Showing ${seen < found ? `${seen} of ` : ""}${found} ${found === 1 ? "finding" : "findings"}${all}.`;
    further.hidden = seen === found;
    further.textContent = `Show ${Math.min(PAGE * 5, found - seen)} more`;
  }

  function sort(header, column) {
    const down = header.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", down ? "descending" : "ascending");
    const keyed = order.map((row) => [row, row.rows[0].cells[column].dataset.key ?? row.rows[0].cells[column].textContent]);
    keyed.sort((one, other) => (down ? -1 : 1) * collator.compare(one[1], other[1]));
    order = keyed.map(([row]) => row);
    table.append(...order);
    update();
  }

  if (table) {
    Array.from(table.tHead.rows[0].cells).forEach((header, column) => {
      const made = document.createElement("button");
      made.type = "button";
      made.textContent = header.textContent;
      made.addEventListener("click", () => sort(header, column));
      header.replaceChildren(made);
    });
    table.addEventListener("click", (event) => {
      const row = event.target.closest("tbody");
      const inside = event.target.closest("a, .more") || String(getSelection());
      if (row && !inside) open(row, !row.classList.contains("open"));
    });
    let waiting = 0;
    words.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => { limit = PAGE; update(); }, 120);
    });
    form.addEventListener("change", (event) => { if (event.target !== words) { limit = PAGE; update(); } });
    form.addEventListener("reset", () => setTimeout(() => { limit = PAGE; update(); }));
    form.addEventListener("submit", (event) => event.preventDefault());
    further.addEventListener("click", () => { limit += PAGE * 5; update(); });
    form.hidden = false;
    update();
  }
  reveal();
})();
