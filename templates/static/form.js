// Fields that depend on an answer come and go at once. Without this file they do so after saving.
(function () {
  "use strict";
  var form = document.getElementById("form-fields");
  if (!form || !window.fetch) { return; }
  var turn = 0;
  function typed() { return new URLSearchParams(new FormData(form)).toString(); }
  function ask() {
    var mine = turn += 1, sent = typed();
    fetch(form.getAttribute("action") + "/preview", {
      method: "POST", credentials: "same-origin", body: sent,
      headers: { "content-type": "application/x-www-form-urlencoded" }
    }).then(function (answer) {
      return answer.ok ? answer.text() : Promise.reject(answer.status);
    }).then(function (html) {
      if (mine !== turn) { return; } // a later answer is on its way
      if (typed() !== sent) { ask(); return; } // somebody went on typing: nothing of it may be lost
      show(new DOMParser().parseFromString(html, "text/html"));
    }).catch(function () { /* saving shows the same */ });
  }
  function show(fresh) {
    var at = document.activeElement, id = at && at.id, start = at && at.selectionStart, end = at && at.selectionEnd;
    ["form-sections", "meter"].forEach(function (part) {
      var here = document.getElementById(part), there = fresh.getElementById(part);
      if (!here || !there) { return; }
      there.querySelectorAll("details[id]").forEach(function (one) {
        var before = document.getElementById(one.id);
        if (before) { one.open = before.open; }
      });
      here.replaceWith(document.importNode(there, true));
    });
    var again = id && document.getElementById(id);
    if (!again || again === document.activeElement) { return; }
    again.focus({ preventScroll: true });
    if (typeof start === "number" && again.setSelectionRange && again.type !== "date") { again.setSelectionRange(start, end); }
  }
  form.addEventListener("change", function (event) {
    if (event.target.closest("[data-steers]")) { ask(); }
  });
})();
