/* Promotion requests: keys reach the decision, a product line can be taken out, harmless ones are ticked together.
   Works without this file, too. */
(() => {
  "use strict";
  const typing = (target) => target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || (typing(event.target) && event.target.type !== "checkbox")) return;
    if (event.key === "o") {
      const row = document.querySelector('table.rows tr[aria-selected="true"] a.rowlink');
      if (row) window.location.assign(row.href);
      return;
    }
    if (!/^[artdmcb]$/.test(event.key)) return;
    const control = document.querySelector(`main [data-key="${event.key}"]:not(:disabled)`);
    if (!control) return;
    event.preventDefault();
    if (control.matches("summary")) control.parentElement.open = true;
    control.scrollIntoView({ block: "nearest" });
    control.focus();
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-tick-all]")) return;
    document.querySelectorAll("input.tick:not(:disabled)").forEach((box) => { box.checked = event.target.checked; });
  });
  // Clearing one wording after the other, the reviewer stays at the same place of the pane.
  let place = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const pane = document.getElementById("detail");
    const form = event.detail.requestConfig?.elt;
    place = pane && form?.matches?.(".findings form") ? pane.scrollTop : null;
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (place !== null) document.getElementById("detail").scrollTop = place;
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove]");
    if (!button) return;
    const row = button.closest(button.dataset.remove);
    if (row.parentElement.childElementCount > 1) row.remove();
    else row.querySelectorAll("input").forEach((input) => { input.value = ""; });
  });
})();
