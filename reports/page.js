// Filters whose state stands in the address, so that a view can be sent to somebody. Without it the page shows everything.
(() => {
  "use strict";
  const form = document.querySelector("form.filters");
  if (!form) return;
  const rows = [...document.querySelectorAll("[data-verdict]")];
  const groups = [...document.querySelectorAll("[data-group]")];
  const count = document.getElementById("count");
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  form.hidden = false;

  const checked = (name) => [...form.querySelectorAll(`input[name="${name}"]:checked`)].map((box) => box.value);
  const value = (name) => form.elements[name]?.value || "";

  const show = () => {
    const level = checked("level"), verdict = checked("verdict");
    const rfc = value("rfc"), cap = value("cap"), words = value("text").toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const d = row.dataset;
      const fits = (!level.length || level.includes(d.level)) && (!verdict.length || verdict.includes(d.verdict)) &&
        (!rfc || d.rfc === rfc) && (!cap || (" " + (d.caps || "") + " ").includes(" " + cap + " ")) &&
        words.every((word) => texts.get(row).includes(word));
      row.hidden = !fits;
      if (fits) ++shown;
    }
    for (const group of groups) group.hidden = !group.querySelector("[data-verdict]:not([hidden])");
    count.textContent = shown === rows.length ? `All ${rows.length} requirements` : `${shown} of ${rows.length} requirements`;
  };

  const remember = () => {
    const state = new URLSearchParams();
    for (const name of ["level", "verdict"]) for (const v of checked(name)) state.append(name, v);
    for (const name of ["rfc", "cap", "text"]) if (value(name)) state.set(name, value(name));
    const text = state.toString();
    history.replaceState(null, "", text ? "#?" + text : location.pathname + location.search);
  };

  const recall = () => {
    const hash = location.hash;
    if (hash.startsWith("#?")) {
      const state = new URLSearchParams(hash.slice(2));
      for (const name of ["level", "verdict"]) for (const box of form.querySelectorAll(`input[name="${name}"]`)) box.checked = state.getAll(name).includes(box.value);
      for (const name of ["rfc", "cap", "text"]) if (form.elements[name]) form.elements[name].value = state.get(name) || "";
      show();
      return;
    }
    show();
    const target = hash && document.getElementById(decodeURIComponent(hash.slice(1)));
    if (!target) return;
    target.hidden = false;
    const group = target.closest("[data-group]");
    if (group) group.hidden = false;
    if (target.tagName === "DETAILS") target.open = true;
    target.scrollIntoView();
  };

  form.addEventListener("input", () => { show(); remember(); });
  form.addEventListener("reset", () => setTimeout(() => { show(); remember(); }));
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", recall);
  // What is broken is printed with its evidence.
  window.addEventListener("beforeprint", () => {
    for (const row of rows) if (!row.hidden && row.tagName === "DETAILS" && /fail|warn/.test(row.dataset.verdict)) row.open = true;
  });
  recall();
})();
