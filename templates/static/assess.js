// Shows what the risk test says while the answers are being given. Nothing is recorded; without it the button asks.
(function () {
  "use strict";
  var mark = document.querySelector("[data-preview]"), live = document.getElementById("live");
  if (!mark || !live || !window.fetch) { return; }
  var form = mark.closest("form"), turn = 0, timer;
  function ask() {
    var mine = turn += 1;
    fetch(mark.dataset.preview, {
      method: "POST", credentials: "same-origin", headers: { "x-fragment": "1" },
      body: new URLSearchParams(new FormData(form))
    }).then(function (answer) {
      return answer.ok ? answer.text() : Promise.reject(answer.status);
    }).then(function (html) {
      if (mine !== turn) { return; } // a later answer is on its way
      var open = live.querySelector("details");
      var wasOpen = open !== null && open.open;
      live.innerHTML = html;
      if (wasOpen && live.querySelector("details")) { live.querySelector("details").open = true; }
    }).catch(function () { /* the recorded verdict stays; the button still asks */ });
  }
  form.addEventListener("input", function () {
    clearTimeout(timer);
    timer = setTimeout(ask, 250);
  });
})();
