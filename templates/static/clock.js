// Ticks the clock badges. The page is right without it: the server wrote the same words at the same instant.
(function () {
  "use strict";
  var started = Date.now();
  var WORDS = {
    hu: {
      hour: function (n) { return n + " óra"; }, minute: function (n) { return n + " perc"; },
      less: "kevesebb mint 1 perc", now: "most járt le",
      over: function (h, m) { return m ? (h ? h + " óra " : "") + m + " perce lejárt" : h + " órája lejárt"; }
    },
    en: {
      hour: function (n) { return n + (n === 1 ? " hour" : " hours"); }, minute: function (n) { return n + (n === 1 ? " minute" : " minutes"); },
      less: "less than 1 minute", now: "has just expired",
      over: function (h, m) { return "overdue by " + spoken(h, m, WORDS.en); }
    }
  };
  function spoken(h, m, words) {
    return [h ? words.hour(h) : "", m ? words.minute(m) : ""].filter(Boolean).join(" ");
  }
  function left(milliseconds, words) {
    var minutes = Math.floor(Math.abs(milliseconds) / 60000), h = Math.floor(minutes / 60), m = minutes % 60;
    if (milliseconds < 0) { return minutes ? words.over(h, m) : words.now; }
    return minutes ? spoken(h, m, words) : words.less;
  }
  function tone(milliseconds) {
    var hours = milliseconds / 3600000;
    return hours < 0 ? "over" : hours < 12 ? "urgent" : hours < 24 ? "soon" : "calm";
  }
  function tick() {
    // The server's clock counts, not the one of this device: only the time since loading is added.
    document.querySelectorAll("[data-deadline]").forEach(function (clock) {
      var remaining = Date.parse(clock.dataset.deadline) - Date.parse(clock.dataset.now) - (Date.now() - started);
      var text = left(remaining, WORDS[clock.dataset.lang] || WORDS.hu);
      var shown = clock.querySelector(".clock__left") || clock;
      if (shown.textContent !== text) { shown.textContent = text; }
      clock.classList.remove("clock--over", "clock--urgent", "clock--soon", "clock--calm");
      clock.classList.add("clock--" + tone(remaining));
    });
  }
  tick();
  setInterval(tick, 1000);
  var summary = document.getElementById("error-summary");
  if (summary) { summary.focus(); }
  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
})();
