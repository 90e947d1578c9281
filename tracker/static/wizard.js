/* The wizard of imports: n and p lead from doubt to doubt, unsaved text is asked about, an upload says it is being read. */
(function () {
  "use strict";

  var keys = document.documentElement.getAttribute("data-keys") === "on";

  function isTyping(target) {
    return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  }

  document.addEventListener("keydown", function (event) {
    var places = document.getElementById("task");
    if (!keys || !places || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) { return; }
    var address = event.key === "n" || event.key === "p" ? places.getAttribute("data-" + event.key) : "";
    if (address && mayLeave()) { window.location.href = address; }
  });

  // What is typed into a form and not saved is not left behind without a word; what came back unsaved counts too.
  var guarded = Array.prototype.slice.call(document.querySelectorAll("form[data-leave]"));

  function isChanged(control) {
    if (control.type === "hidden" || control.type === "submit" || !control.name) { return false; }
    if (/^(checkbox|radio)$/.test(control.type)) { return control.checked !== control.defaultChecked; }
    if (control.tagName !== "SELECT") { return control.value !== control.defaultValue; }
    return Array.prototype.some.call(control.options, function (option) { return option.selected !== option.defaultSelected; });
  }

  function isUnsaved(form) {
    if (form.querySelector("fieldset[disabled]")) { return false; }
    return form.hasAttribute("data-unsaved") || Array.prototype.some.call(form.elements, isChanged);
  }

  // Sending one form loses what the others hold.
  function mayLeave(sent) {
    var lost = guarded.filter(function (form) { return form !== sent && isUnsaved(form); })[0];
    return !lost || window.confirm(lost.getAttribute("data-leave"));
  }

  document.addEventListener("submit", function (event) {
    if (!event.defaultPrevented && !mayLeave(event.target)) { event.preventDefault(); }
  });

  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || link.target) { return; }
    if (link.hash && link.pathname === window.location.pathname && link.search === window.location.search) { return; }
    if (!mayLeave()) { event.preventDefault(); }
  });

  var source = document.querySelector(".check-source");
  var own = document.querySelector(".check-lines .own");
  if (source && own && source.scrollHeight > source.clientHeight) {
    source.scrollTop = Math.max(0, own.offsetTop - source.offsetTop - 40);
  }

  var form = document.getElementById("upload-form");
  if (form) {
    form.addEventListener("submit", function () {
      var button = form.querySelector("[data-busy]");
      document.getElementById("upload-state").textContent = button.getAttribute("data-busy");
      window.setTimeout(function () { button.disabled = true; }, 0);
    });
    window.addEventListener("pageshow", function () { form.querySelector("[data-busy]").disabled = false; });
  }
}());
