/* Tells whether a touch on this element leads to another page, so that one has to wait for it. */
(function (element) {
  var link = element.closest("a[href]");
  if (link) { return link.href.split("#")[0] !== location.href.split("#")[0] || !link.hash; }
  var button = element.closest("button, input[type=submit]");
  if (!button || !button.form || button.type !== "submit") { return false; }
  return button.formNoValidate || button.form.noValidate || button.form.checkValidity();
})
