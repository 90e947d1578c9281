// Before the page is painted: says that scripts run, and follows the machine's colours where the reader chose nothing else.
(function () {
  "use strict";
  var root = document.documentElement;
  var dark = window.matchMedia("(prefers-color-scheme: dark)");

  function apply() {
    var theme = root.dataset.theme || "auto";
    root.dataset.bsTheme = theme === "auto" ? (dark.matches ? "dark" : "light") : theme;
  }

  dark.addEventListener("change", apply);
  window.trackerTheme = apply;
  root.classList.add("scripted");
  apply();
})();
