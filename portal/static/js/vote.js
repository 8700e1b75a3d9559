/* Moves the digits of a scanned slip from the address into the field, and out of the address and the history.
   Sends nothing by itself; without scripts the digits are typed. Plain ES5. */
(function () {
  "use strict";
  var field = document.getElementById("f-digits");
  var told = document.getElementById("digits-told");
  if (!field) { return; }
  var count = function () {
    var number = (field.value.match(/\d/g) || []).length;
    if (told) { told.textContent = number === 20 ? told.getAttribute("data-whole") : ""; }
  };
  var scanned = /^#(\d{20})$/.exec(location.hash);
  if (scanned) {
    field.value = scanned[1].replace(/(\d{4})(?=\d)/g, "$1 ");
    history.replaceState(null, "", location.pathname);
  }
  field.addEventListener("input", count);
  count();
}());
