// The report form: saves itself while somebody writes, takes files one by one, shows the text as it will look.
(function () {
  "use strict";

  var form = document.querySelector("form[data-report]");
  if (!form || !window.fetch || !window.FormData) { return; }
  var TEXTS = ["done", "problems", "next_steps", "help_needed", "situation", "progress"];
  var PAUSE = 2000;
  var state = form.querySelector("[data-save-state]");
  var list = form.querySelector("[data-uploads]");
  var picker = form.querySelector("input[type=file]");
  var filesPlace = document.querySelector("[data-draft-files]");
  var conflictPlace = document.getElementById("conflict-place");
  var previewPlace = document.getElementById("preview-place");
  // After a refusal the page holds what the server does not.
  var saved = form.dataset.unsaved ? "" : snapshot();
  var timer = null;
  var busy = Promise.resolve(true);
  var saves = 0;
  var uploads = 0;
  var halted = form.dataset.unsaved === "conflict";
  var signedOut = false;
  var leaving = false;

  function field(name) { return form.elements.namedItem(name); }
  function snapshot() {
    return JSON.stringify(TEXTS.map(function (name) { return field(name).value; }));
  }
  function say(text, tone) {
    state.textContent = text;
    if (tone) { state.dataset.tone = tone; } else { delete state.dataset.tone; }
  }
  function fields() {
    var sent = new FormData(form);
    sent.delete("files");
    return sent;
  }
  function answerOf(response) {
    var json = (response.headers.get("Content-Type") || "").indexOf("json") !== -1;
    return (json ? response.json() : Promise.resolve({})).then(function (said) {
      return { code: response.status, said: said, kept: response.headers.get("X-Form-Kept") === "yes" };
    });
  }
  function door() {
    var link = document.createElement("a");
    link.href = "/login";
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = form.dataset.login;
    return link;
  }
  // Whoever signed in again in another window goes on in this one, with the secret of the new session.
  function back() {
    if (!signedOut) { return Promise.resolve(true); }
    return window.fetch(window.location.pathname, { credentials: "same-origin" }).then(function (response) {
      return response.ok && !response.redirected ? response.text() : "";
    }).then(function (html) {
      var fresh = new DOMParser().parseFromString(html, "text/html").querySelector("form[data-report] [name=csrf_token]");
      if (fresh) {
        field("csrf_token").value = fresh.value;
        signedOut = false;
      }
      return Boolean(fresh);
    });
  }
  window.addEventListener("focus", function () { if (signedOut) { save(); } });

  // Saving: one request at a time, two seconds after the last key.
  function save() {
    window.clearTimeout(timer);
    timer = null;
    saves += 1;
    busy = busy.then(function () {
      var now = snapshot();
      if (halted || (now === saved && field("version").value !== "0")) { return !halted; }
      return back().then(function (inside) {
        if (!inside) { return false; }
        say(form.dataset.saving);
        return window.fetch(form.dataset.draft, { method: "POST", body: fields(), credentials: "same-origin" })
          .then(answerOf)
          .then(function (answer) { return settle(answer, now); });
      }).catch(function () { return failed(); });
    }).then(function (done) {
      saves -= 1;
      return done;
    });
    return busy;
  }
  function settle(answer, now) {
    if (answer.code === 200) {
      saved = now;
      field("token").value = answer.said.token;
      field("version").value = answer.said.version;
      say(answer.said.words, "good");
      return true;
    }
    if (answer.code === 401) {
      signedOut = true;
      say(answer.kept ? form.dataset.kept : form.dataset.unkept, "bad");
      state.appendChild(document.createTextNode(" "));
      state.appendChild(door());
      return false;
    }
    if (answer.code === 409 && answer.said.html) { return showConflict(answer.said); }
    if (answer.said.words) {
      say(answer.said.words, "bad");
      return false;
    }
    return failed();
  }
  function failed() {
    say(form.dataset.failed, "bad");
    later(PAUSE * 5);
    return false;
  }
  function later(wait) {
    window.clearTimeout(timer);
    timer = window.setTimeout(save, wait);
  }
  form.addEventListener("input", function (event) {
    if (event.target !== picker && !halted) { later(PAUSE); }
  });
  form.addEventListener("change", function (event) {
    if (event.target !== picker && !halted) { later(PAUSE); }
  });

  if (form.dataset.unsaved === "refused") { later(PAUSE); }

  // Two people at one report: both texts, and a choice.
  function showConflict(said) {
    halted = true;
    conflictPlace.innerHTML = said.html;
    say(form.dataset.paused, "bad");
    conflictPlace.focus();
    conflictPlace.querySelector("[data-take-theirs]").addEventListener("click", function () { leaving = true; });
    conflictPlace.querySelector("[data-keep-mine]").addEventListener("click", function (event) {
      field("token").value = event.target.dataset.token;
      field("version").value = event.target.dataset.version;
      conflictPlace.innerHTML = "";
      halted = false;
      saved = "";
      save();
      field("done").focus();
    });
    return false;
  }

  // Files: each on its own, with its progress and what became of it.
  function row(file) {
    var item = document.createElement("li");
    var name = document.createElement("span");
    var bar = document.createElement("progress");
    var words = document.createElement("span");
    name.textContent = file.name;
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", form.dataset.uploading + " " + file.name);
    words.className = "upload-state";
    item.appendChild(name);
    item.appendChild(bar);
    item.appendChild(words);
    list.appendChild(item);
    return {
      grow: function (part) {
        bar.value = part;
        words.textContent = part < 100 ? form.dataset.uploading + " " + Math.round(part) + "%" : form.dataset.checking;
      },
      end: function (text, tone) {
        if (tone === "good") { bar.value = 100; } else if (bar.parentNode) { bar.parentNode.removeChild(bar); }
        item.dataset.tone = tone;
        words.textContent = text;
      }
    };
  }
  function send(file) {
    var shown = row(file);
    if (file.size > Number(form.dataset.largest)) {
      shown.end(form.dataset.tooLarge, "bad");
      return Promise.resolve();
    }
    return new Promise(function (done) {
      var request = new XMLHttpRequest();
      var body = new FormData();
      body.append("csrf_token", field("csrf_token").value);
      body.append("file", file);
      request.open("POST", form.dataset.attach);
      request.upload.addEventListener("progress", function (event) {
        if (event.lengthComputable) { shown.grow(event.loaded * 100 / event.total); }
      });
      request.addEventListener("load", function () {
        var said = {};
        try { said = JSON.parse(request.responseText); } catch (error) { said = {}; }
        if (request.status === 201) {
          shown.end(said.words, "good");
          showFiles(said.html);
        } else {
          var words = { 401: form.dataset.unkept, 413: form.dataset.tooLarge }[request.status];
          shown.end(said.words || words || form.dataset.lost, "bad");
        }
        done();
      });
      request.addEventListener("error", function () {
        shown.end(form.dataset.lost, "bad");
        done();
      });
      shown.grow(0);
      request.send(body);
    });
  }
  function showFiles(html) {
    filesPlace.innerHTML = html;
    askWhereEmpty();
  }
  // To ask for completion without any file is questioned; a file on its way counts.
  function askWhereEmpty() {
    var button = form.querySelector("[data-completion]");
    if (!button) { return; }
    if (uploads || filesPlace.querySelector("li")) { button.removeAttribute("data-confirm-empty"); }
    else { button.setAttribute("data-confirm-empty", picker.id); }
  }
  function endUploads() {
    uploads -= 1;
    askWhereEmpty();
  }
  picker.addEventListener("change", function () {
    var chosen = Array.prototype.slice.call(picker.files);
    if (!chosen.length) { return; }
    uploads += 1;
    askWhereEmpty();
    // A draft must be there before a file can be put into it.
    save().then(function (ready) {
      if (!ready) { endUploads(); return; }
      picker.value = "";
      chosen.reduce(function (before, file) {
        return before.then(function () { return send(file); });
      }, Promise.resolve()).then(endUploads);
    });
  });
  // A file is taken out without leaving the page. app.js has asked by then, since it listens first.
  document.addEventListener("submit", function (event) {
    if (!event.target.closest("[data-draft-files]")) { return; }
    event.preventDefault();
    window.fetch(event.target.action, { method: "POST", body: new FormData(event.target), credentials: "same-origin" })
      .then(function (response) { return response.ok ? response.text() : ""; })
      .then(function (html) {
        var page = new DOMParser().parseFromString(html, "text/html");
        var fresh = page.querySelector("[data-draft-files]");
        if (fresh) { showFiles(fresh.innerHTML); }
      });
  });

  // The preview comes without leaving the page.
  form.querySelector("[data-preview]").addEventListener("click", function (event) {
    event.preventDefault();
    window.fetch(event.target.formAction, { method: "POST", body: fields(), credentials: "same-origin" })
      .then(function (response) {
        if (!response.ok) { throw new Error(String(response.status)); }
        return response.text();
      })
      .then(function (html) {
        var page = new DOMParser().parseFromString(html, "text/html");
        previewPlace.innerHTML = page.getElementById("preview-place").innerHTML;
        previewPlace.focus();
        previewPlace.scrollIntoView({ block: "nearest" });
      })
      .catch(function () {
        // What cannot be shown is said by the form itself.
        leaving = true;
        form.action = event.target.formAction;
        HTMLFormElement.prototype.submit.call(form);
      });
  });

  // Submitting waits for what is on its way, so that nobody is in conflict with themselves.
  var waiting = false;
  form.addEventListener("submit", function (event) {
    window.clearTimeout(timer);
    if (!saves && !uploads) { leaving = true; return; }
    event.preventDefault();
    if (waiting) { return; }
    halted = waiting = true;
    var button = event.submitter || form.querySelector("button[value=draft]");
    (function again() {
      if (saves || uploads) { window.setTimeout(again, 200); } else { form.requestSubmit(button); }
    })();
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) { return; }
    if (form.contains(event.target)) {
      event.preventDefault();
      form.querySelector("[data-submit-key]").click();
    }
  });
  window.addEventListener("beforeunload", function (event) {
    if (!leaving && snapshot() !== saved) {
      event.preventDefault();
      event.returnValue = "";
    }
  });
})();
