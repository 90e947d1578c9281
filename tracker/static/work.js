// Shows how far a piece of long work is, and the page anew when it ended.
(function () {
  "use strict";
  var place = document.querySelector("[data-work]");
  var bar = place.querySelector("progress");
  var count = place.querySelector("[data-work-count]");

  function look() {
    window.fetch(place.dataset.work).then(function (answer) {
      return answer.ok ? answer.json() : null;
    }).then(function (found) {
      if (!found || !found.open) { window.location.reload(); return; }
      if (found.total) {
        bar.max = found.total;
        bar.value = found.done;
        count.textContent = found.done + " / " + found.total;
      }
      window.setTimeout(look, 2000);
    }).catch(function () { window.setTimeout(look, 10000); });
  }
  window.setTimeout(look, 1000);
})();
