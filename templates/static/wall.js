// Renews the wall view every minute. While the server does not answer, what is shown stays, and says since when.
(function () {
  "use strict";
  var MINUTE = 60000;
  var stale = document.getElementById("wall-stale"), hold = document.getElementById("wall-hold");
  var goOn = hold.dataset.goOn, stop = hold.textContent, held = false;
  function renew() {
    if (held) { return; }
    fetch(location.href, { cache: "no-store", redirect: "manual" }).then(function (answer) {
      if (answer.ok || answer.type === "opaqueredirect" || answer.status === 401) { location.reload(); } else { throw new Error(); }
    }).catch(function () { stale.hidden = false; });
  }
  hold.hidden = false;
  hold.addEventListener("click", function () {
    held = !held;
    hold.textContent = held ? goOn : stop;
  });
  setInterval(renew, MINUTE);
})();
