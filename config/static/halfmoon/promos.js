/* Promotion requests: a and r reach the decision, a product line can be taken out. Works without this file, too. */
(() => {
  "use strict";
  const typing = (target) => target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key !== "a" && event.key !== "r") return;
    const control = document.querySelector(`#detail [data-key="${event.key}"]:not(:disabled)`);
    if (!control) return;
    event.preventDefault();
    control.scrollIntoView({ block: "nearest" });
    control.focus();
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
