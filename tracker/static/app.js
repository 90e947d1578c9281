// Comforts on top of pages that work without it: display choices, row keys, questions before a risky step, select-all.
(function () {
  "use strict";
  var display = window.trackerDisplay;

  function all(selector, within) {
    return Array.prototype.slice.call((within || document).querySelectorAll(selector));
  }

  // Display choices.
  all("[data-needs-js]").forEach(function (element) { element.hidden = false; });
  all("input[data-display]").forEach(function (input) {
    var name = input.dataset.display;
    input.checked = display.chosen(name, { theme: "auto", size: "normal", keys: "on" }[name]) === input.value;
    input.addEventListener("change", function () { display.choose(name, input.value); });
  });

  // A menu in the bar closes on Escape and on a click elsewhere.
  function closeMenus(except) {
    all(".bar-display[open], .menu-switch[open]").forEach(function (menu) {
      if (menu !== except) { menu.open = false; }
    });
  }
  document.addEventListener("click", function (event) {
    if (!event.target.closest(".side")) { closeMenus(event.target.closest("details")); }
  });

  // Questions before a risky step: the text is in data-confirm of the button.
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-confirm]");
    if (button && !window.confirm(button.dataset.confirm)) { event.preventDefault(); }
  });
  // The same where a control was left empty: its id is in data-confirm-empty, the question in data-confirm-text.
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-confirm-empty]");
    var control = button && document.getElementById(button.dataset.confirmEmpty);
    if (control && !control.value && !window.confirm(button.dataset.confirmText)) { event.preventDefault(); }
  });

  // Select-all, and the number of ticked rows.
  function boxes(master) {
    return all("tbody input[type=checkbox]", master.closest("table"));
  }
  function recount(master) {
    var rows = boxes(master);
    var ticked = rows.filter(function (box) { return box.checked; }).length;
    master.checked = ticked > 0 && ticked === rows.length;
    master.indeterminate = ticked > 0 && ticked < rows.length;
    all("[data-selected]", master.form || document).forEach(function (place) {
      place.hidden = false;
      place.textContent = ticked ? "已选 " + ticked + " 项" : "未选择";
    });
  }
  all("input[data-select-all]").forEach(function (master) {
    master.hidden = false;
    recount(master);
    master.addEventListener("change", function () {
      boxes(master).forEach(function (box) { box.checked = master.checked; });
      recount(master);
    });
    master.closest("table").addEventListener("change", function (event) {
      if (event.target !== master) { recount(master); }
    });
  });

  // Row keys in tables marked data-rows: j and k move, Enter opens, x ticks; "/" goes to the search box.
  var current = null;
  function step(direction) {
    var rows = all("table[data-rows] tbody tr").filter(function (row) { return row.querySelector("a[href]"); });
    if (!rows.length) { return; }
    var next = rows[Math.max(0, Math.min(rows.length - 1, rows.indexOf(current) + direction))];
    if (current) { current.classList.remove("row-current"); }
    current = next;
    current.classList.add("row-current");
    (current.querySelector("a[data-open]") || current.querySelector("a[href]")).focus({ preventScroll: true });
    current.scrollIntoView({ block: "nearest" });
  }
  function tick() {
    var box = current && current.querySelector("input[type=checkbox]");
    if (box) { box.click(); }
  }
  function search() {
    var box = document.querySelector("[data-search]") || document.querySelector("main input[type=search]");
    if (box) { box.focus(); }
  }
  var keys = {
    j: function () { step(1); },
    k: function () { step(current ? -1 : 1); },
    x: tick,
    "/": search
  };
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") { closeMenus(null); }
    var typing = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
    if (typing || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) { return; }
    if (display.chosen("keys", "on") === "on" && keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  });

  // Printing, and the first thing to read after a refused form.
  all("button[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
  var summary = document.querySelector("[data-focus]");
  if (summary) { summary.focus(); }
})();
