// Beside a text with a most, how much is written: a help only, the server counts.
(function () {
  "use strict";

  function length(text) {
    // As the server counts: a line's end is one, blanks around it none, a character outside the plane one.
    return Array.from(text.trim().replace(/\r\n?/g, "\n")).length;
  }

  document.querySelectorAll("[data-most][data-told]").forEach(function (field) {
    var most = Number(field.dataset.most);
    var told = document.createElement("p");
    told.className = "form-text";
    told.setAttribute("aria-hidden", "true");
    field.insertAdjacentElement("afterend", told);

    function show() {
      var found = length(field.value);
      told.textContent = field.dataset.told.replace("{n}", found);
      told.classList.toggle("late-text", found > most);
    }
    field.addEventListener("input", show);
    show();
  });
})();
