// Comforts on top of pages that work without it: display choices, questions before a risky step, select-all.
(function () {
  "use strict";

  function all(selector, within) {
    return Array.prototype.slice.call((within || document).querySelectorAll(selector));
  }

  // Display choices: seen at once, kept by the server; a language needs the page anew.
  var root = document.documentElement;
  all("[data-needs-js]").forEach(function (element) { element.hidden = false; });
  all("form[data-display]").forEach(function (form) {
    form.querySelector("[type=submit]").hidden = true;
    form.addEventListener("change", function (event) {
      var name = event.target.name;
      if (name === "language") { form.submit(); return; }
      root.dataset[{ theme: "theme", text_size: "size", keys: "keys" }[name]] = event.target.value;
      window.trackerTheme();
      window.fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
    });
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
      place.textContent = ticked ? place.dataset.selected.replace("{n}", ticked) : place.dataset.none;
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

  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") { closeMenus(null); }
  });

  // A folded dialog opens above the page where the browser can do that; Escape and the button put it back.
  document.addEventListener("click", function (event) {
    var summary = event.target.closest("summary[data-dialog]");
    var body = summary && document.getElementById(summary.dataset.dialog);
    if (!body || !window.HTMLDialogElement) { return; }
    event.preventDefault();
    var dialog = document.createElement("dialog");
    var home = body.parentNode;
    dialog.className = "dialog";
    dialog.setAttribute("aria-labelledby", body.getAttribute("aria-labelledby"));
    dialog.appendChild(body);
    dialog.addEventListener("close", function () { home.appendChild(body); dialog.remove(); summary.focus(); });
    dialog.addEventListener("click", function (inside) {
      if (inside.target === dialog || inside.target.closest("[data-close]")) { dialog.close(); }
    });
    document.body.appendChild(dialog);
    dialog.showModal();
  });

  // Printing, and the first thing to read after a refused form.
  all("button[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
  var summary = document.querySelector("[data-focus]");
  if (summary) { summary.focus(); }
})();
