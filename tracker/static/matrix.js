/* The matrix: arrow keys move between its cells, and a cell opens beside it. Without this file every cell is a link. */
(function () {
  "use strict";
  var table = document.querySelector("[data-matrix]");
  if (!table) { return; }
  var CELL = "a[href^='/assignments/']";

  // Rows of links by their column; the heads of chapters are no rows.
  var rows = Array.prototype.map.call(table.querySelectorAll("tbody tr:not(.group)"), function (row) {
    return Array.prototype.map.call(row.cells, function (cell) { return cell.querySelector("a"); });
  });
  var current = null;

  function place(link) {
    for (var y = 0; y < rows.length; y += 1) {
      var x = rows[y].indexOf(link);
      if (x >= 0) { return { x: x, y: y }; }
    }
    return null;
  }

  // One stop of the Tab key for the whole matrix: the cell that was visited last.
  function settle(link) {
    if (current) { current.tabIndex = -1; }
    current = link;
    current.tabIndex = 0;
  }

  rows.forEach(function (row) {
    row.forEach(function (link) {
      if (link) { link.tabIndex = -1; }
    });
  });
  var first = table.querySelector("tbody " + CELL);
  if (first) { settle(first); }

  function firstOf(row, from, step) {
    for (var x = from; x >= 0 && x < row.length; x += step) {
      if (row[x]) { return row[x]; }
    }
    return null;
  }

  function next(key, at, whole) {
    var row = rows[at.y];
    if (key === "ArrowRight") { return firstOf(row, at.x + 1, 1); }
    if (key === "ArrowLeft") { return firstOf(row, at.x - 1, -1); }
    if (key === "Home") { return firstOf(whole ? rows[0] : row, 0, 1); }
    if (key === "End") { return firstOf(whole ? rows[rows.length - 1] : row, row.length - 1, -1); }
    var step = key === "ArrowDown" ? 1 : key === "ArrowUp" ? -1 : 0;
    for (var y = at.y + step; step && y >= 0 && y < rows.length; y += step) {
      if (rows[y][at.x]) { return rows[y][at.x]; }
    }
    return step ? beyond(step) : null;
  }

  // Below the last row and above the first one stands the link to the next page of tasks, if there is one.
  function beyond(step) {
    return document.querySelector("[data-matrix-pages] a[rel=" + (step > 0 ? "next" : "prev") + "]");
  }

  table.addEventListener("keydown", function (event) {
    var link = event.target.closest("a");
    var at = link && place(link);
    if (!at || event.altKey || event.metaKey || event.isComposing) { return; }
    var target = next(event.key, at, event.ctrlKey);
    if (!target) { return; }
    event.preventDefault();
    if (place(target)) { settle(target); }
    target.focus();
  });
  table.addEventListener("focusin", function (event) {
    var link = event.target.closest("a");
    if (link && place(link)) { settle(link); }
  });

  // A cell opens beside the matrix, where the browser can do that.
  var dialog = document.createElement("dialog");
  if (!dialog.showModal || !window.fetch) { return; }
  dialog.className = "drawer";
  dialog.setAttribute("aria-label", table.dataset.label);
  var close = document.createElement("button");
  close.type = "button";
  close.className = "btn-close";
  close.setAttribute("aria-label", table.dataset.close);
  var body = document.createElement("div");
  dialog.appendChild(close);
  dialog.appendChild(body);
  document.body.appendChild(dialog);
  close.addEventListener("click", function () { dialog.close(); });
  dialog.addEventListener("click", function (event) {
    if (event.target === dialog) { dialog.close(); }
  });
  dialog.addEventListener("close", function () {
    if (current) { current.focus(); }
  });

  function show(link) {
    var address = link.pathname + "/glance?on=" + encodeURIComponent(table.dataset.on);
    fetch(address, { credentials: "same-origin" }).then(function (answer) {
      if (!answer.ok || answer.redirected) { throw new Error(String(answer.status)); }
      return answer.text();
    }).then(function (text) {
      body.innerHTML = text;
      if (!dialog.open) { dialog.showModal(); }
      close.focus();
    }).catch(function () {
      window.location.assign(link.href);
    });
  }

  table.addEventListener("click", function (event) {
    var link = event.target.closest("td > " + CELL);
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button) { return; }
    event.preventDefault();
    settle(link);
    show(link);
  });
})();
