/* Moves the digits of a scanned voice slip from the address into the form, and out of the address and the history.
   Sends nothing by itself; without scripts the digits are typed. Plain ES5. */
(function () {
  "use strict";
  var form = document.querySelector("main form");
  var told = document.getElementById("voice-told");
  var scanned = /^#(\d{20})$/.exec(location.hash);
  if (!form || !scanned) { return; }
  var field = form.querySelector("[name=voice]") || document.createElement("input");
  field.type = "hidden";
  field.name = "voice";
  field.value = scanned[1];
  form.appendChild(field);
  history.replaceState(null, "", location.pathname);
  if (told) { told.textContent = told.getAttribute("data-whole"); }
}());
