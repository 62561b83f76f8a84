// The viewer: zoom and drag, lit reasons moved into view, the twin at the same scale and laid over the picture.
(() => {
  "use strict";
  const pane = document.getElementById("pane");
  const plates = pane ? [...pane.querySelectorAll(".plate")] : [];
  const twins = [...document.querySelectorAll(".twin")];
  const rows = [...document.querySelectorAll(".reason[data-reasons]")];
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const LETTER = 11; // CSS pixels of a caption, at any zoom
  const LEGIBLE = 9; // CSS pixels: marks lower than that are gone nearer to when they are lit
  const MANY = 2; // marks lit at once: with more, their words would hide each other
  const MOST = 8;
  let factor = 1; // CSS pixels for each pixel of a page at its own size
  let fitted = true;

  // --- zoom -------------------------------------------------------------------------------------------------------
  const drawing = (plate) => plate.querySelector("svg");
  const wide = (svg) => svg.viewBox.baseVal.width;
  const high = (svg) => svg.viewBox.baseVal.height;
  const scale = (plate) => (plate.dataset.shown / wide(drawing(plate))) * factor; // CSS pixels for each of the page's

  function fit() {
    const [room, tall] = [pane.clientWidth, pane.clientHeight];
    return Math.min(1, ...plates.map((plate) => {
      const [width, ratio] = [Number(plate.dataset.shown), high(drawing(plate)) / wide(drawing(plate))];
      return Math.min(room / width, tall / (width * ratio));
    }));
  }

  function zoom(to, x = pane.clientWidth / 2, y = pane.clientHeight / 2) {
    const before = factor;
    const [left, top] = [pane.scrollLeft + x, pane.scrollTop + y];
    factor = Math.min(MOST, Math.max(Math.min(fit(), 0.05), to));
    for (const plate of plates) {
      const svg = drawing(plate);
      svg.style.width = `${plate.dataset.shown * factor}px`;
      svg.style.height = "auto";
      svg.style.setProperty("--letter", `${LETTER / scale(plate)}px`);
    }
    pane.classList.toggle("zoomed", factor > fit() + 1e-6);
    pane.scrollTo({ left: (left * factor) / before - x, top: (top * factor) / before - y, behavior: "instant" });
    const words = document.querySelector("[data-zoom=fit] span");
    if (words) words.textContent = fitted ? "1:1" : "fit";
    for (const twin of twins) follow(twin);
    lay();
  }

  const to = (wanted, x, y) => { fitted = Math.abs(wanted - fit()) < 1e-6; zoom(wanted, x, y); };

  document.getElementById("zoom")?.addEventListener("click", (event) => {
    const way = event.target.closest("[data-zoom]")?.dataset.zoom;
    if (way === "fit") to(fitted ? 1 : fit());
    if (way === "in") to(factor * 1.25);
    if (way === "out") to(factor / 1.25);
  });

  function wheel(event) {
    if (plates.length > 1 && !event.ctrlKey) return;
    event.preventDefault();
    const box = pane.getBoundingClientRect();
    to(Math.max(fit(), factor * Math.exp(-event.deltaY / 500)), event.clientX - box.left, event.clientY - box.top);
  }

  // a press that moves drags, also when it began on a mark; one that does not is a click
  function drag(area) {
    let from = null;
    let moved = false;
    area.addEventListener("dragstart", (event) => event.preventDefault());
    area.addEventListener("pointerdown", (event) => {
      if (event.button || event.pointerType === "touch") return;
      from = { x: event.clientX + area.scrollLeft, y: event.clientY + area.scrollTop, id: event.pointerId };
      moved = false;
    });
    area.addEventListener("pointermove", (event) => {
      if (!from) return;
      const [left, top] = [from.x - event.clientX, from.y - event.clientY];
      if (!moved && Math.hypot(left - area.scrollLeft, top - area.scrollTop) < 4) return;
      if (!moved) { area.setPointerCapture(from.id); area.classList.add("dragged"); moved = true; }
      area.scrollTo({ left, top, behavior: "instant" });
    });
    for (const end of ["pointerup", "pointercancel"]) {
      area.addEventListener(end, () => { from = null; area.classList.remove("dragged"); });
    }
    area.addEventListener("click", (event) => { if (moved) { event.preventDefault(); event.stopPropagation(); } }, true);
  }

  // --- twins ------------------------------------------------------------------------------------------------------
  const home = (twin) => plates.find((plate) => plate.querySelector(`#${CSS.escape(twin.dataset.leaf || "-")}`));
  const map = (twin) => (twin.dataset.map ? twin.dataset.map.split(" ").map(Number) : null);

  function at(h, x, y) {
    const w = h[6] * x + h[7] * y + h[8];
    return [(h[0] * x + h[1] * y + h[2]) / w, (h[3] * x + h[4] * y + h[5]) / w];
  }

  // the twin is as large as the picture where both show the same, and shows what is in the middle of the picture
  function follow(twin) {
    const [plate, area] = [home(twin), twin.querySelector(".pane")];
    const svg = area.querySelector("svg");
    if (!plate) return;
    const size = scale(plate) * Number(twin.dataset.grow);
    svg.style.width = `${wide(svg) * size}px`;
    svg.style.height = "auto";
    const h = map(twin);
    if (!h) return;
    const [box, own] = [pane.getBoundingClientRect(), drawing(plate).getBoundingClientRect()];
    const middle = [(box.left + pane.clientWidth / 2 - own.left) / scale(plate), (box.top + pane.clientHeight / 2 - own.top) / scale(plate)];
    const [x, y] = at(h, ...middle);
    area.scrollTo({ left: x * size - area.clientWidth / 2, top: y * size - area.clientHeight / 2, behavior: "instant" });
  }

  function inverse(m) {
    const [a, b, c, d, e, f, g, h, i] = m;
    const adjugate = [e * i - f * h, c * h - b * i, b * f - c * e, f * g - d * i, a * i - c * g, c * d - a * f,
      d * h - e * g, b * g - a * h, a * e - b * d];
    const determinant = a * adjugate[0] + b * adjugate[3] + c * adjugate[6];
    return determinant ? adjugate.map((entry) => entry / determinant) : null;
  }

  // the twin over the picture: pixels of the twin go to pixels of the page by the map turned round, as CSS has it
  const ghost = { image: null, twin: null, timer: 0 };

  function lay() {
    if (!ghost.image) return;
    const [plate, back] = [home(ghost.twin), inverse(map(ghost.twin))];
    if (!back) return;
    const s = scale(plate);
    const [a, b, c, d, e, f, g, h, i] = back;
    ghost.image.style.width = `${ghost.twin.dataset.width}px`;
    ghost.image.style.height = `${ghost.twin.dataset.height}px`;
    ghost.image.style.transform =
      `matrix3d(${[a * s, d * s, 0, g, b * s, e * s, 0, h, 0, 0, 1, 0, c * s, f * s, 0, i].join(",")})`;
  }

  function lift() {
    clearInterval(ghost.timer);
    ghost.image?.remove();
    ghost.image = ghost.twin = null;
    for (const button of document.querySelectorAll("[data-blink], [data-overlay]")) button.setAttribute("aria-pressed", "false");
  }

  function over(twin, button) {
    const pressed = button.getAttribute("aria-pressed") === "true";
    lift();
    if (pressed || !home(twin)) return;
    button.setAttribute("aria-pressed", "true");
    ghost.twin = twin;
    ghost.image = document.createElement("img");
    ghost.image.alt = "the twin, laid over this picture";
    ghost.image.className = button.matches("[data-overlay]") ? "ghost half" : "ghost";
    ghost.image.src = twin.dataset.uri;
    drawing(home(twin)).after(ghost.image);
    lay();
    home(twin).scrollIntoView({ block: "nearest" });
    // where motion is not wanted, each press shows the one or the other
    if (button.matches("[data-blink]") && !calm.matches) {
      ghost.timer = setInterval(() => { ghost.image.hidden = !ghost.image.hidden; }, 700);
    }
  }

  for (const twin of twins) {
    twin.querySelector(".tools")?.removeAttribute("hidden");
    twin.addEventListener("click", (event) => {
      const button = event.target.closest("[data-blink], [data-overlay]");
      if (button) over(twin, button);
    });
    drag(twin.querySelector(".pane"));
  }

  // --- reasons ----------------------------------------------------------------------------------------------------
  const current = () => Number((location.hash.match(/^#r(\d+)$/) || [0, 0])[1]);
  const link = (n) => document.querySelector(`.reason[data-reasons="${n}"] > a.n`);
  const verdict = document.querySelector(".verdict");
  let kept = 0; // how far the verdict was scrolled before the browser went to its target
  let typed = "";
  let timer = 0;

  document.addEventListener("click", (event) => {
    if (event.target.closest('a[href^="#r"]')) kept = verdict.scrollTop;
  }, true);

  function go(n) {
    kept = verdict.scrollTop;
    const place = n ? link(n)?.getAttribute("href") : "#";
    if (!place) return;
    if (place.startsWith("#")) location.replace(place);
    else location.assign(place);
  }

  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog:modal") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select")) return;
    if (event.key === "Escape") { lift(); go(0); return; }
    if (!/^[0-9]$/.test(event.key)) return;
    clearTimeout(timer);
    typed = link(Number(typed + event.key)) ? typed + event.key : event.key; // "1" then "2" is 12 where there are twelve
    timer = setTimeout(() => { typed = ""; }, 700);
    go(Number(typed));
    event.preventDefault();
  });

  // the middle of what is lit comes to the middle of the pane; what would be too low to be read is gone nearer to
  function show(n) {
    const marks = [...pane.querySelectorAll(`.mark[data-reasons~="${n}"]`)];
    const lines = marks.flatMap((mark) => [...mark.querySelectorAll(".line, .heat")]).map((line) => line.getBoundingClientRect());
    pane.classList.toggle("many", marks.length > MANY);
    if (!lines.length) return;
    const lowest = Math.min(...lines.map((box) => box.height));
    if (lowest < LEGIBLE && factor < 1) { to(Math.min(1, (factor * LEGIBLE) / Math.max(lowest, 1))); return show(n); }
    const [left, top] = [Math.min(...lines.map((box) => box.left)), Math.min(...lines.map((box) => box.top))];
    const [right, bottom] = [Math.max(...lines.map((box) => box.right)), Math.max(...lines.map((box) => box.bottom))];
    const box = pane.getBoundingClientRect();
    const first = lines[0];
    const x = right - left <= box.width ? (left + right) / 2 : (first.left + first.right) / 2;
    const y = bottom - top <= box.height ? (top + bottom) / 2 : (first.top + first.bottom) / 2;
    pane.scrollBy({ left: x - box.left - box.width / 2, top: y - box.top - box.height / 2, behavior: "instant" });
  }

  function light() {
    const n = current();
    verdict.scrollTop = kept;
    for (const row of rows) {
      const lit = row.dataset.reasons === String(n);
      const number = row.querySelector("a.n");
      if (lit) number.setAttribute("aria-current", "true");
      else number.removeAttribute("aria-current");
      if (!lit) continue;
      for (let box = row.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
      row.scrollIntoView({ block: "nearest" });
    }
    for (const area of [document.documentElement, document.body, document.getElementById("stage")]) area.scrollTop = 0;
    if (!n) return;
    document.querySelector(`.side [data-reasons~="${n}"]`)?.scrollIntoView({ block: "nearest" });
    if (pane) show(n);
  }

  addEventListener("hashchange", light);

  document.body.classList.add("viewer");
  if (pane) {
    document.getElementById("zoom").hidden = false;
    pane.addEventListener("wheel", wheel, { passive: false });
    pane.addEventListener("scroll", () => { for (const twin of twins) follow(twin); }, { passive: true });
    drag(pane);
    new ResizeObserver(() => zoom(fitted ? fit() : factor)).observe(pane);
    zoom(fit());
  }
  light();
})();
