// Keys for the report page. Lighting itself is CSS on the page's target: the page works without this script.
(() => {
  "use strict";
  const rows = [...document.querySelectorAll(".reason[data-reasons]")];
  const last = rows.length;
  let typed = "";
  let timer = 0;

  const current = () => Number((location.hash.match(/^#r(\d+)$/) || [0, 0])[1]);
  const go = (n) => location.replace(n >= 1 && n <= last ? `#r${n}` : "#");

  function type(digit) {
    clearTimeout(timer);
    typed = Number(typed + digit) <= last ? typed + digit : digit; // "1" then "2" is 12 where there are twelve
    timer = setTimeout(() => { typed = ""; }, 700);
    go(Number(typed));
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^[0-9]$/.test(event.key)) type(event.key);
    else if (event.key === "j") go(Math.min(current() + 1, last));
    else if (event.key === "k") go(Math.max(current() - 1, 1));
    else if (event.key === "Escape") go(0);
    else return;
    event.preventDefault();
  });

  function follow() {
    const n = current();
    for (const row of rows) {
      const lit = row.dataset.reasons === String(n);
      row.toggleAttribute("data-lit", lit);
      const link = row.querySelector("a.n");
      if (lit) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
      if (lit) {
        for (let box = row.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
        row.scrollIntoView({ block: "nearest" });
      }
    }
    const anchor = n && document.getElementById(`r${n}`);
    if (anchor && !anchor.classList.contains("reason")) anchor.scrollIntoView({ block: "center" });
  }

  addEventListener("hashchange", follow);
  follow();
})();
