// Asks for the live bar again every few seconds. Without it, reloading the page shows the same.
(function () {
  "use strict";
  var bar = document.querySelector("[data-live]");
  if (!bar) { return; }
  var timer = setInterval(function () {
    if (document.hidden) { return; }
    fetch(bar.dataset.live, { credentials: "same-origin" }).then(function (answer) {
      return answer.ok ? answer.text() : Promise.reject();
    }).then(function (html) {
      var before = bar.querySelector("[data-state]");
      bar.innerHTML = html;
      var after = bar.querySelector("[data-state]");
      if (before && after && before.dataset.state !== after.dataset.state) { location.reload(); }
    }).catch(function () { clearInterval(timer); });
  }, 3000);
})();
// Says at once that a file is too large, before it travels.
(function () {
  "use strict";
  document.querySelectorAll("input[type=file][data-most]").forEach(function (input) {
    input.addEventListener("change", function () {
      var file = input.files[0];
      input.setCustomValidity(file && file.size > Number(input.dataset.most) ? input.dataset.tooLarge : "");
      input.reportValidity();
    });
    input.form.addEventListener("submit", function (event) {
      if (!input.checkValidity()) { event.preventDefault(); input.reportValidity(); }
    });
  });
})();
