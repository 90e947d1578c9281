// Keys: rows, opening, reporting, search, places of the menu, the sheet. Silent in fields, while Chinese is being typed, or when turned off.
(function () {
  "use strict";

  var root = document.documentElement;
  var PLACES = { t: ["/todo"], l: ["/ledger", "/overdue"], m: ["/matrix"], s: ["/scores"] };
  var WAIT = 1500;
  var current = null;
  var goesUntil = 0;

  function all(selector) { return Array.prototype.slice.call(document.querySelectorAll(selector)); }

  function step(direction) {
    var rows = all("table[data-rows] tbody tr").filter(function (row) {
      return row.offsetParent !== null && row.querySelector("a[href]");
    });
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

  function report() {
    var links = (current || document).querySelectorAll("a[data-report]");
    if (links.length === 1) { links[0].click(); }
  }

  function search() {
    var box = document.querySelector("[data-search]") || document.querySelector("main input[type=search]");
    if (box) { box.focus(); box.select(); }
  }

  // "g" and a letter lead to a place that stands in the person's own menu.
  function go(letter) {
    (PLACES[letter] || []).some(function (href) {
      var link = document.querySelector('.side a[href="' + href + '"]');
      if (link) { link.click(); }
      return link;
    });
  }

  // The sheet is the page of keys, shown above the present one; where that fails, the page itself.
  function sheet() {
    var link = document.querySelector("a[data-keys-sheet]");
    var open = document.querySelector("dialog.keys-dialog");
    if (open) { open.close(); return; }
    if (!link) { return; }
    var dialog = document.createElement("dialog");
    if (!dialog.showModal) { window.location.href = link.href; return; }
    window.fetch(link.href).then(function (answer) { return answer.text(); }).then(function (text) {
      var found = new DOMParser().parseFromString(text, "text/html").querySelector("[data-sheet]");
      if (!found) { throw new Error("no sheet"); }
      dialog.className = "dialog keys-dialog";
      dialog.setAttribute("aria-label", link.textContent);
      dialog.appendChild(document.importNode(found, true));
      var close = document.createElement("button");
      close.type = "button";
      close.className = "btn btn-primary";
      close.textContent = link.dataset.keysSheet;
      close.addEventListener("click", function () { dialog.close(); });
      dialog.appendChild(close);
      dialog.addEventListener("close", function () { dialog.remove(); });
      document.body.appendChild(dialog);
      dialog.showModal();
      close.focus();
    }).catch(function () { window.location.href = link.href; });
  }

  var keys = {
    j: function () { step(1); },
    k: function () { step(current ? -1 : 1); },
    x: tick,
    e: report,
    "/": search,
    "?": sheet,
    g: function () { goesUntil = Date.now() + WAIT; }
  };

  // The form that holds the focus goes off as by its first button, questions included.
  function submit(target) {
    var form = target.form || target.closest("form");
    var button = form && Array.prototype.filter.call(form.elements, function (element) {
      return element.type === "submit" && !element.disabled;
    })[0];
    if (button) { button.click(); }
    return button;
  }

  document.addEventListener("keydown", function (event) {
    var target = event.target;
    if (root.dataset.keys === "off" || event.isComposing || event.keyCode === 229 || !target.closest) { return; }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.altKey) {
      if (submit(target)) { event.preventDefault(); }
      return;
    }
    var typing = target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.altKey || event.metaKey) { return; }
    if (Date.now() < goesUntil && PLACES[event.key]) {
      event.preventDefault();
      goesUntil = 0;
      go(event.key);
    } else if (Object.prototype.hasOwnProperty.call(keys, event.key)) {
      if (document.querySelector("dialog[open]") && event.key !== "?") { return; }
      event.preventDefault();
      keys[event.key]();
    }
  });

  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[data-keys-sheet]");
    if (link && !event.ctrlKey && !event.metaKey) { event.preventDefault(); sheet(); }
  });
})();
