// Passkeys: asks the browser for one and sends its answer with the form. Without this file the password is the way in.
(function () {
  "use strict";

  function bytes(text) {
    var plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (sign) { return sign.charCodeAt(0); });
  }

  function text(buffer) {
    var plain = String.fromCharCode.apply(null, new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function question(options) {
    options.challenge = bytes(options.challenge);
    if (options.user) { options.user.id = bytes(options.user.id); }
    (options.allowCredentials || []).concat(options.excludeCredentials || []).forEach(function (one) {
      one.id = bytes(one.id);
    });
    return { publicKey: options };
  }

  function answer(credential) {
    var said = { id: credential.id, rawId: text(credential.rawId), type: credential.type, response: {} };
    ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"].forEach(function (part) {
      if (credential.response[part]) { said.response[part] = text(credential.response[part]); }
    });
    return JSON.stringify(said);
  }

  function show(form, part, yes) {
    form.querySelector("[data-passkey-" + part + "]").hidden = !yes;
  }

  function ask(button) {
    var form = button.form;
    var headers = { accept: "application/json", "x-csrftoken": form.elements._csrf_token.value };
    button.disabled = true;
    show(form, "failed", false);
    fetch(button.dataset.address, { method: "POST", headers: headers, credentials: "same-origin" }).then(function (given) {
      if (!given.ok) { throw new Error(String(given.status)); }
      return given.json();
    }).then(function (options) {
      return navigator.credentials[button.dataset.passkey](question(options));
    }).then(function (credential) {
      form.elements[button.dataset.field].value = answer(credential);
      form.submit();
    }).catch(function () {
      button.disabled = false;
      show(form, "failed", true);
    });
  }

  document.querySelectorAll("[data-passkey]").forEach(function (button) {
    var form = button.form;
    if (!window.PublicKeyCredential) { show(form, "missing", true); return; }
    show(form, "ready", true);
    button.addEventListener("click", function () { ask(button); });
    if (!form.querySelector("[type=submit]")) {
      form.addEventListener("submit", function (event) { event.preventDefault(); ask(button); });
    }
  });
})();
