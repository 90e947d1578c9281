// A part of the indicator form: saves itself while somebody types, goes from blank to blank by Enter, takes a pasted column.
(function () {
  "use strict";

  var form = document.querySelector("form[data-indicators]");
  if (!form || !window.fetch || !window.FormData) { return; }
  var PAUSE = 2000;
  var state = form.querySelector("[data-save-state]");
  var places = Array.prototype.slice.call(form.querySelectorAll("[data-blank]"));
  var keys = places.map(function (place) { return place.dataset.blank; });
  var refused = {};
  var halted = {};
  var timer = null;
  var busy = false;
  var again = false;
  var closed = false;
  var signedOut = false;
  var leaving = false;

  // One blank, whether it is typed in or chosen.
  function place(key) { return places[keys.indexOf(key)]; }
  function radios(key) { return Array.prototype.slice.call(place(key).querySelectorAll("input")); }
  function isChoice(key) { return place(key).tagName !== "INPUT"; }
  function value(key) {
    if (!isChoice(key)) { return place(key).value.trim(); }
    var ticked = radios(key).filter(function (radio) { return radio.checked; })[0];
    return ticked ? ticked.value : "";
  }
  function put(key, text) {
    if (!isChoice(key)) { place(key).value = text; return true; }
    var found = radios(key).filter(function (radio) {
      return radio.value === text || radio.parentNode.textContent === text;
    })[0];
    if (found) { found.checked = true; }
    return Boolean(found);
  }
  function seen(key) { return form.elements.namedItem("seen-" + key); }
  function was(key) { return seen(key).value.slice(seen(key).value.indexOf("|") + 1); }
  function note(key, version, text) { seen(key).value = version + "|" + text; }
  function controls(key) { return isChoice(key) ? radios(key) : [place(key)]; }
  function focusOn(key) {
    var ticked = isChoice(key) ? radios(key).filter(function (radio) { return radio.checked; }) : [];
    (ticked[0] || controls(key)[0]).focus();
  }
  function keyOf(element) {
    var found = element && element.closest ? element.closest("[data-blank]") : null;
    return found && form.contains(found) ? found.dataset.blank : "";
  }

  function say(text, tone) {
    state.textContent = text;
    if (tone) { state.dataset.tone = tone; } else { delete state.dataset.tone; }
  }
  function element(tag, text, name) {
    var made = document.createElement(tag);
    made.textContent = text;
    if (name) { made.className = name; }
    return made;
  }

  // A blank that is not asked is switched off only while it is empty: what was typed stays, and can be taken out.
  function hang() {
    places.forEach(function (each) {
      if (!each.dataset.on) { return; }
      var key = each.dataset.blank;
      var answer = value(each.dataset.on);
      var off = Boolean(answer) && answer !== each.dataset.answer;
      var still = off && !value(key);
      controls(key).forEach(function (control) { control.disabled = still; });
      each.classList.toggle("ind-off", still);
      var words = form.querySelector("[data-off='" + key + "']");
      if (words) { words.hidden = !off; }
    });
  }

  // Errors and conflicts stand under the blank.
  function clear(key) {
    var shown = document.getElementById(key + "-error");
    if (shown) { shown.remove(); }
    place(key).classList.remove("is-invalid");
    place(key).removeAttribute("aria-invalid");
    place(key).setAttribute("aria-describedby", key + "-notes");
  }
  function complain(key, words) {
    clear(key);
    var shown = element("p", words, "field-error");
    shown.id = key + "-error";
    document.getElementById(key + "-notes").appendChild(shown);
    place(key).classList.add("is-invalid");
    place(key).setAttribute("aria-invalid", "true");
    place(key).setAttribute("aria-describedby", key + "-notes " + key + "-error");
    return shown;
  }
  function button(words, act) {
    var made = element("button", words, "btn btn-sm btn-quiet");
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  }
  function disagree(key, said) {
    halted[key] = true;
    var shown = complain(key, said.words);
    function settle(text) {
      delete halted[key];
      note(key, said.version, said.theirs);
      put(key, text);
      clear(key);
      hang();
      focusOn(key);
      save();
    }
    shown.appendChild(button(form.dataset.theirs, function () { settle(said.theirs); }));
    shown.appendChild(button(form.dataset.mine, function () { settle(said.mine); }));
  }

  // Saving: one request at a time, two seconds after the last key, with what was changed since.
  function changed() {
    return keys.filter(function (key) {
      return value(key) !== was(key) && !halted[key] && refused[key] !== value(key);
    });
  }
  function later(wait) {
    window.clearTimeout(timer);
    timer = window.setTimeout(save, wait);
  }
  function save() {
    window.clearTimeout(timer);
    if (busy) { again = true; return; }
    var wanted = changed();
    if (!wanted.length || closed) { return; }
    busy = true;
    back().then(function (inside) { return inside ? send(wanted) : null; }).catch(failed).then(function () {
      busy = false;
      if (again) { again = false; save(); }
    });
  }
  function send(wanted) {
    var sent = new FormData();
    var texts = {};
    sent.append("csrf_token", form.elements.namedItem("csrf_token").value);
    wanted.forEach(function (key) {
      texts[key] = value(key);
      sent.append(key, texts[key]);
      sent.append("seen-" + key, seen(key).value);
    });
    say(form.dataset.saving);
    var asked = { method: "POST", body: sent, credentials: "same-origin", headers: { Accept: "application/json" } };
    return window.fetch(form.action, asked).then(function (response) {
      var json = (response.headers.get("Content-Type") || "").indexOf("json") !== -1;
      return (json ? response.json() : Promise.resolve({})).then(function (said) {
        settle(response.status, said, texts);
      });
    });
  }
  function settle(code, said, texts) {
    if (code === 401) { signOut(); return; }
    if (code === 409 && said.words) {
      closed = true;
      say(said.words, "bad");
      return;
    }
    if (code !== 200) { failed(); return; }
    Object.keys(texts).forEach(function (key) { take(key, said, texts[key]); });
    Object.keys(said.objections).forEach(function (number) { object(number, said.objections[number]); });
    form.querySelector("[data-part]").textContent = said.part;
    form.querySelector("[data-answered]").textContent = said.answered;
    say(said.words, Object.keys(said.refused).length || Object.keys(said.stale).length ? "bad" : "good");
    if (changed().length) { later(PAUSE); }
  }
  function take(key, said, text) {
    if (said.stale[key]) { disagree(key, said.stale[key]); return; }
    if (said.refused[key]) {
      refused[key] = text;
      if (value(key) === text) { complain(key, said.refused[key]); }
      return;
    }
    delete refused[key];
    clear(key);
    note(key, said.stored[key] || seen(key).value.split("|")[0], text);
    if (said.stored[key]) {
      var by = form.querySelector("[data-by='" + key + "']");
      by.textContent = said.by;
      by.parentNode.hidden = false;
      by.parentNode.parentNode.classList.remove("ind-bare");
    }
  }
  function object(number, found) {
    var shown = form.querySelector("[data-findings='" + number + "']");
    var words = found.map(function (each) { return each.words; }).join("\n");
    var stands = Array.prototype.map.call(shown.children, function (each) { return each.textContent; }).join("\n");
    if (words === stands) { return; }
    shown.textContent = "";
    found.forEach(function (each) { shown.appendChild(element("p", each.words, "ind-" + each.tone)); });
  }
  function failed() {
    say(form.dataset.failed, "bad");
    later(PAUSE * 5);
  }

  // Whoever signed in again in another window goes on in this one, with the secret of the new session.
  function signOut() {
    signedOut = true;
    say(form.dataset.signedOut + " ", "bad");
    var door = element("a", form.dataset.login);
    door.href = "/login";
    door.target = "_blank";
    door.rel = "noopener";
    state.appendChild(door);
  }
  function back() {
    if (!signedOut) { return Promise.resolve(true); }
    return window.fetch(window.location.pathname, { credentials: "same-origin" }).then(function (response) {
      return response.ok && !response.redirected ? response.text() : "";
    }).then(function (html) {
      var page = new DOMParser().parseFromString(html, "text/html");
      var fresh = page.querySelector("form[data-indicators] [name=csrf_token]");
      if (fresh) {
        form.elements.namedItem("csrf_token").value = fresh.value;
        signedOut = false;
      }
      return Boolean(fresh);
    });
  }
  window.addEventListener("focus", function () { if (signedOut) { save(); } });

  form.addEventListener("input", function (event) {
    if (keyOf(event.target)) { hang(); later(PAUSE); }
  });
  form.addEventListener("change", function (event) {
    if (keyOf(event.target)) { hang(); later(PAUSE); }
  });

  // Enter goes on to the next blank, as in a spreadsheet, with Shift to the one before; with Ctrl it sends the form.
  form.addEventListener("keydown", function (event) {
    var key = keyOf(event.target);
    if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey || !key) { return; }
    event.preventDefault();
    var step = event.shiftKey ? -1 : 1;
    for (var at = keys.indexOf(key) + step; at >= 0 && at < keys.length; at += step) {
      if (!controls(keys[at])[0].disabled) { focusOn(keys[at]); return; }
    }
    if (step > 0) { form.querySelector("button[value=next]").focus(); }
  });

  // A column or a block from a spreadsheet fills the blanks from here on; an empty cell leaves its blank as it is.
  function cells(text) {
    return text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n").reduce(function (found, row) {
      return found.concat(row.split("\t"));
    }, []).map(function (cell) { return cell.trim(); });
  }
  document.addEventListener("paste", function (event) {
    var key = keyOf(document.activeElement);
    var text = key && event.clipboardData ? event.clipboardData.getData("text/plain") : "";
    if (!text || (!isChoice(key) && !/[\t\n\r]/.test(text.replace(/[\r\n]+$/, "")))) { return; }
    event.preventDefault();
    var found = cells(text);
    var first = keys.indexOf(key);
    var words = [];
    var filled = 0;
    found.slice(0, keys.length - first).forEach(function (cell, offset) {
      var at = keys[first + offset];
      if (!cell) { return; }
      if (put(at, cell)) { filled += 1; return; }
      words.push(form.dataset.unfit.replace("{name}", place(at).dataset.name).replace("{text}", cell));
    });
    words.unshift(form.dataset.pasted.replace("{n}", filled));
    if (found.length > keys.length - first) {
      words.push(form.dataset.left.replace("{n}", found.length - keys.length + first));
    }
    hang();
    say(words.join(""), words.length > 1 ? "bad" : "");
    later(PAUSE);
  });

  form.addEventListener("submit", function () { leaving = true; window.clearTimeout(timer); });
  window.addEventListener("beforeunload", function (event) {
    var open = keys.some(function (key) { return value(key) !== was(key); });
    if (!leaving && open) {
      event.preventDefault();
      event.returnValue = "";
    }
  });

  hang();
  var asked = keyOf(document.getElementById(window.location.hash.slice(1)));
  if (asked && !document.querySelector("[data-focus]")) { focusOn(asked); }
})();
