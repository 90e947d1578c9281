// The first-visit tour, one step after the other beside the place it speaks of; without this script its steps are a list.
(function () {
  "use strict";
  var tour = document.querySelector("[data-tour]");
  if (!tour) { return; }
  var steps = Array.prototype.slice.call(tour.querySelectorAll("[data-step]"));
  var form = tour.querySelector("form");
  var count = tour.querySelector("[data-tour-count]");
  var back = tour.querySelector("[data-tour-back]");
  var next = tour.querySelector("[data-tour-next]");
  var here = 0;
  var shown = null;

  function place(selector) {
    return Array.prototype.filter.call(document.querySelectorAll(selector), function (element) {
      return element.getClientRects().length > 0;
    })[0] || null;
  }

  function show(number) {
    here = number;
    if (shown) { shown.classList.remove("tour-place"); }
    steps.forEach(function (step, position) { step.hidden = position !== number; });
    shown = place(steps[number].dataset.step);
    if (shown) {
      shown.classList.add("tour-place");
      // On a phone the card lies over the lower half: what it speaks of goes above it.
      shown.scrollIntoView({ block: window.innerWidth < 768 ? "start" : "nearest" });
    }
    count.textContent = count.dataset.tourCount.replace("{n}", number + 1).replace("{all}", steps.length);
    back.hidden = number === 0;
    next.textContent = number === steps.length - 1 ? next.dataset.last : next.dataset.next;
  }

  function end() {
    if (shown) { shown.classList.remove("tour-place"); }
    tour.remove();
    window.fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
  }

  tour.classList.add("tour-steps");
  count.hidden = false;
  next.hidden = false;
  back.addEventListener("click", function () { show(here - 1); });
  next.addEventListener("click", function () {
    if (here === steps.length - 1) { end(); } else { show(here + 1); }
  });
  form.addEventListener("submit", function (event) { event.preventDefault(); end(); });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && document.body.contains(tour) && !document.querySelector("dialog[open]")) { end(); }
  });
  show(0);
})();
