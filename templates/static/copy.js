// Copy buttons of the transfer sheet. Without this file the answers can be selected as text.
(function () {
  "use strict";
  if (!navigator.clipboard) { return; }
  document.querySelectorAll("[data-copy]").forEach(function (button) {
    var words = button.innerHTML;
    button.hidden = false;
    button.addEventListener("click", function () {
      var lines = document.getElementById(button.dataset.copy).querySelectorAll("p");
      var text = Array.prototype.map.call(lines, function (line) { return line.textContent; }).join("\n");
      navigator.clipboard.writeText(text).then(function () {
        button.textContent = button.dataset.done;
        setTimeout(function () { button.innerHTML = words; }, 2000);
      });
    });
  });
})();
