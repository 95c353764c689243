// Keys of the board: j and k go from case to case, / to the search. The page works without; Enter follows the link.
(function () {
  "use strict";
  var board = document.querySelector(".board");
  if (!board) { return; }
  var links = Array.prototype.slice.call(board.querySelectorAll("h2 a"));
  var KEY = "incidens72-keys";
  function isOn() { try { return localStorage.getItem(KEY) !== "off"; } catch (refused) { return true; } }
  function go(step) {
    var at = links.indexOf(document.activeElement);
    var next = at < 0 ? (step > 0 ? 0 : links.length - 1) : at + step;
    if (links[next]) { links[next].focus(); }
  }
  var hint = document.createElement("p"), said = document.createElement("span"), toggle = document.createElement("button");
  hint.className = "keys no-print";
  toggle.type = "button";
  toggle.className = "button button--quiet";
  function show() {
    said.textContent = isOn() ? board.dataset.keys : "";
    toggle.textContent = isOn() ? board.dataset.keysOff : board.dataset.keysOn;
  }
  toggle.addEventListener("click", function () {
    try { localStorage.setItem(KEY, isOn() ? "off" : "on"); } catch (refused) { /* it stays as it is */ }
    show();
  });
  hint.append(said, toggle);
  board.before(hint);
  show();
  document.addEventListener("keydown", function (event) {
    if (!isOn() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) { return; }
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) { return; }
    if (event.key === "j") { go(1); } else if (event.key === "k") { go(-1); } else if (event.key === "/") {
      event.preventDefault();
      document.getElementById("f-q").focus();
    }
  });
})();
