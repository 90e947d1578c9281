// Lists: a row is written without what the head of its table says once; this gives it to keys, cards and readers. Runs before keys.js and tour.js.
(function () {
  "use strict";

  var PHONE = /\+?\d[\d-]{6,}\d(?:转\d+)?/;
  var KINDS = { title: "card-title", wide: "wide", number: "number" };

  function all(selector, within) { return Array.prototype.slice.call(within.querySelectorAll(selector)); }

  // The classes of each column: "title-3 wide-4" of the table, and the first and last one by name.
  function columns(table, heads) {
    var found = heads.map(function () { return []; });
    table.className.replace(/\b(title|wide|number)-(\d+)\b/g, function (match, kind, number) {
      if (found[number - 1]) { found[number - 1].push(KINDS[kind]); }
    });
    if (table.classList.contains("ticks")) { found[0].push("cell-box"); }
    if (table.classList.contains("acts")) { found[found.length - 1].push("actions"); }
    return found;
  }

  // A number to call becomes a link that calls it.
  function call(cell) {
    var text = cell.firstChild;
    var found = text && text.nodeType === 3 && text.data.match(PHONE);
    if (!found) { return; }
    var number = text.splitText(found.index);
    number.splitText(found[0].length);
    var link = document.createElement("a");
    link.className = "phone";
    link.href = "tel:" + found[0].replace("转", ",");
    cell.replaceChild(link, number);
    link.appendChild(number);
  }

  // On a card a cell is a grid of label and value: a value of several parts stays together.
  var apart = /card-title|cell-box|actions/;
  function wrap(cell) {
    var value = document.createElement("span");
    while (cell.firstChild) { value.appendChild(cell.firstChild); }
    cell.appendChild(value);
  }

  function complete(table) {
    var heads = all("thead > tr:last-child > *", table);
    var labels = heads.map(function (head) { return head.dataset.l || head.textContent.trim(); });
    var classes = columns(table, heads);
    function names(cells) {
      return cells.filter(function (cell, index) { return heads[index] && heads[index].classList.contains("named"); })
        .map(function (cell) { return cell.textContent.trim(); });
    }
    all("tbody > tr:not(.group)", table).forEach(function (row) {
      var cells = Array.prototype.slice.call(row.children);
      cells.forEach(function (cell, index) {
        if (index >= heads.length) { return; }
        cell.classList.add.apply(cell.classList, classes[index]);
        if (!cell.classList.contains("cell-box")) { cell.dataset.l = labels[index]; }
        if (heads[index].classList.contains("phones")) { [cell].concat(all("small", cell)).forEach(call); }
        if (cell.childNodes.length > 1 && !apart.test(cell.className)) { wrap(cell); }
      });
      var title = row.querySelector(".card-title");
      var link = title && title.querySelector("a");
      var box = row.querySelector(".cell-box input");
      if (link) { link.dataset.open = ""; }
      all(".actions > a[href$='/report']", row).forEach(function (report) { report.dataset.report = ""; });
      if (box) { box.setAttribute("aria-label", [box.getAttribute("aria-label")].concat(names(cells)).join(" ")); }
    });
  }

  // The tree of units: on a small screen the aliases and the two figures of a row need their heads.
  function completeBranches(heads) {
    var labels = all("span", heads).map(function (head) { return head.textContent; });
    all(".branch-row:not(.branch-heads)", document).forEach(function (row) {
      [2, 4, 5].forEach(function (index) { row.children[index].dataset.l = labels[index]; });
      call(row.children[3]);
    });
  }

  all("table.rows", document).forEach(complete);
  all(".branch-heads", document).slice(0, 1).forEach(completeBranches);
})();
