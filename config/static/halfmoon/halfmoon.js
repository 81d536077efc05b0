/* What HTML cannot do alone: keyboard in tables, the pane on wide screens, toasts for failed requests, print.
   Every page works without this file. */
(() => {
  "use strict";
  const wide = window.matchMedia("(min-width: 1100px)");
  const rowsOf = (table) => [...table.tBodies].flatMap((body) => [...body.rows]).filter((row) => row.querySelector("a.rowlink"));
  const currentTable = () => document.activeElement?.closest?.("table.rows") || document.querySelector("table.rows");

  function mark(row) {
    const table = row.closest("table");
    table.querySelectorAll('tr[aria-selected="true"]').forEach((other) => other.removeAttribute("aria-selected"));
    row.setAttribute("aria-selected", "true");
  }

  function step(by) {
    const table = currentTable();
    if (!table) return false;
    const rows = rowsOf(table);
    const at = rows.findIndex((row) => row.contains(document.activeElement) || row.getAttribute("aria-selected") === "true");
    const row = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
    if (!row) return false;
    mark(row);
    row.querySelector("a.rowlink").focus();
    row.scrollIntoView({ block: "nearest" });
    return true;
  }

  const typing = (target) => target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // A window closes by itself and gives the focus back to its button, unless the focus was taken away before.
    if (event.key === "Escape" && typing(event.target)) { if (!event.target.closest("[popover]")) event.target.blur(); return; }
    if (typing(event.target)) return;
    if (event.key === "j" && step(1)) event.preventDefault();
    else if (event.key === "k" && step(-1)) event.preventDefault();
    else if (event.key === "x") document.activeElement?.closest?.("tr")?.querySelector('input[type="checkbox"]')?.click();
    else if (event.key === "/") {
      const box = document.querySelector('main input[type="search"]');
      if (box) { event.preventDefault(); box.focus(); box.select(); }
    } else if (event.key === "?") document.getElementById("shortcuts")?.togglePopover();
  });

  document.addEventListener("click", (event) => {
    const target = event.target;
    if (target.closest("[data-print]")) return window.print();
    if (target.closest("[data-dismiss]")) return target.closest("[data-dismiss]").closest(".alert").remove();
    const every = target.closest("input[data-check-all]");
    if (every) {
      every.closest("table").querySelectorAll('tbody input[type="checkbox"]').forEach((box) => { box.checked = every.checked; });
      return undefined;
    }
    const link = target.closest("a.rowlink");
    if (link) return mark(link.closest("tr"));
    const row = target.closest("table.rows tbody tr");
    if (row && !target.closest("a, button, input, label, select, summary") && !String(window.getSelection())) {
      row.querySelector("a.rowlink")?.click();
    }
    return undefined;
  });

  // On a narrow screen there is no pane beside the list: the link is followed instead.
  document.addEventListener("htmx:confirm", (event) => {
    const element = event.detail.elt;
    if (element.matches("a.rowlink[hx-target='#detail']") && !(wide.matches && document.getElementById("detail"))) {
      event.preventDefault();
      window.location.assign(element.href);
    }
  });

  // A session that ended answers with the sign-in page; show it whole instead of cutting a part out of it.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const landed = new URL(event.detail.xhr.responseURL || window.location.href, window.location.href);
    const signIn = document.body.dataset.signIn;
    if (signIn && landed.pathname === signIn && window.location.pathname !== signIn) {
      event.detail.shouldSwap = false;
      window.location.reload();
    }
  });

  // A wide table without anything to stop at can be scrolled by keyboard only when it takes the focus itself.
  const stops = "a[href], button, input, select, textarea, summary, [tabindex]";
  function reachable() {
    document.querySelectorAll(".scroll").forEach((box) => {
      const cut = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
      if (cut && !box.querySelector(stops)) box.tabIndex = 0;
    });
  }
  window.addEventListener("load", reachable);
  window.addEventListener("resize", reachable);
  document.addEventListener("htmx:afterSettle", reachable);

  function toast(text) {
    const box = document.getElementById("messages");
    const pattern = document.getElementById("toast");
    if (!box || !pattern) return;
    const note = pattern.content.cloneNode(true);
    note.querySelector("p").textContent = text;
    box.replaceChildren(note);
  }
  document.addEventListener("htmx:responseError", () => toast(document.body.dataset.refused));
  document.addEventListener("htmx:sendError", () => toast(document.body.dataset.offline));

  // A form is sent once: the second click of an impatient finger does nothing.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
})();
