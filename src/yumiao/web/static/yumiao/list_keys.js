// Keys of lists: J and K go from row to row, a further key presses the button of the row that names it.
// They work only while the focus is in a list that asks for them, and never while something is typed.
// Every button is reached by Tab as well; without this file nothing is missing.
"use strict";

const TYPED = "input:not([type=checkbox]):not([type=radio]), textarea, select";

document.addEventListener("keydown", (event) => {
  const at = event.target;
  if (!(at instanceof Element) || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const list = at.closest("[data-keys]");
  if (list === null || at.matches(TYPED)) return;
  const rows = [...list.querySelectorAll("[data-row]")];
  const row = at.closest("[data-row]");
  const key = event.key.toLowerCase();
  if (key === "j" || key === "k") {
    const place = row === null ? (key === "j" ? -1 : 1) : rows.indexOf(row);
    const next = rows[place + (key === "j" ? 1 : -1)];
    if (next !== undefined) next.focus();
    event.preventDefault();
    return;
  }
  const button = row === null ? null : row.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (button !== null && !event.repeat) {
    button.click();
    event.preventDefault();
  }
});
