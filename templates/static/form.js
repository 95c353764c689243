// Fields that depend on an answer come and go at once. Without this file they do so after saving.
(function () {
  "use strict";
  var form = document.getElementById("form-fields");
  if (!form) { return; }
  var asked = 0;
  form.addEventListener("change", function (event) {
    if (!event.target.closest("[data-steers]")) { return; }
    var mine = ++asked, focused = event.target.id;
    fetch(form.action + "/preview", { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "error" })
      .then(function (answer) { return answer.ok ? answer.text() : ""; })
      .then(function (html) {
        var fresh = html && new DOMParser().parseFromString(html, "text/html");
        if (!fresh || mine !== asked) { return; }
        ["form-sections", "meter"].forEach(function (id) {
          var here = document.getElementById(id), there = fresh.getElementById(id);
          if (!here || !there) { return; }
          there.querySelectorAll("details[id]").forEach(function (one) {
            var before = document.getElementById(one.id);
            if (before) { one.open = before.open; }
          });
          here.replaceWith(document.importNode(there, true));
        });
        var again = focused && document.getElementById(focused);
        if (again) { again.focus(); }
      })
      .catch(function () { /* saving shows the same */ });
  });
})();
