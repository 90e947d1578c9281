// Puts the reader's choice of colours and text size on the page before it is painted.
(function () {
  "use strict";
  var root = document.documentElement;
  var dark = window.matchMedia("(prefers-color-scheme: dark)");

  function chosen(name, usual) {
    try {
      return window.localStorage.getItem("tracker-" + name) || usual;
    } catch (refused) {
      return usual;
    }
  }

  function apply() {
    var theme = chosen("theme", "auto");
    root.dataset.bsTheme = theme === "auto" ? (dark.matches ? "dark" : "light") : theme;
    root.dataset.size = chosen("size", "normal");
  }

  function choose(name, value) {
    try {
      window.localStorage.setItem("tracker-" + name, value);
    } catch (refused) {
      // A browser that keeps nothing shows the usual look.
    }
    apply();
  }

  window.trackerDisplay = { chosen: chosen, choose: choose };
  dark.addEventListener("change", apply);
  apply();
})();
