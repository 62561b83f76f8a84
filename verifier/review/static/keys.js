// Keys of every page: each presses a control that can be seen. All of them work without this script, too.
(() => {
  "use strict";
  const writing = (where) => where.closest("input, textarea, select, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    const dialog = document.querySelector("dialog:modal");
    if (dialog && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      dialog.querySelector("form[method=post]")?.requestSubmit();
      event.preventDefault();
    }
    if (dialog || event.ctrlKey || event.metaKey || event.altKey || writing(event.target)) return;
    const key = event.key === "=" ? "+" : event.key;
    const control = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!control || control.disabled) return;
    event.preventDefault();
    if (control.matches("input")) control.select();
    else control.click();
  });

  // the forms are dialogs where there is a script, and part of the page where there is none
  function open(name) {
    const dialog = document.getElementById(`do-${name}`);
    if (!dialog) return false;
    dialog.close();
    dialog.showModal();
    const first = dialog.querySelector("[data-first]");
    first?.focus();
    if (first?.matches("input")) first.select();
    return true;
  }

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-do]");
    if (opener && open(opener.dataset.do)) event.preventDefault();
    const closer = event.target.closest("[data-close]");
    if (closer) { closer.closest("dialog").close(); event.preventDefault(); }
  });

  // a form that came back with faults opens again
  const reopen = () => {
    const dialog = document.querySelector("dialog[open]:not(:modal)");
    if (dialog) open(dialog.id.slice(3));
  };
  document.addEventListener("htmx:afterSettle", reopen);
  reopen();

  // a text that somebody has begun to change is not written over
  document.addEventListener("htmx:beforeRequest", (event) => {
    const text = event.detail.target;
    if (text?.matches?.("textarea") && text.value !== text.defaultValue) event.preventDefault();
  });
})();
