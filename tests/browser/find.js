/* Finds what a person would touch, by the words on it. Plain enough for a browser of 2018; used in old and new alike. */
(function (how, wanted) {
  function tidy(text) { return (text || "").replace(/[\s\u00a0]+/g, " ").trim(); }
  function shown(element) {
    if (!element.getClientRects().length) { return false; }
    var style = getComputedStyle(element);
    return style.visibility !== "hidden" && style.display !== "none";
  }
  function words(element) {
    return tidy(element.innerText || element.value || element.getAttribute("aria-label"));
  }
  function best(list) {
    var exact = list.filter(function (one) { return words(one) === wanted; });
    var first = list.filter(function (one) { return words(one).indexOf(wanted) === 0; });
    var within = list.filter(function (one) { return words(one).indexOf(wanted) >= 0; });
    return exact[0] || first[0] || within[0] || null;
  }
  function all(selector) { return Array.prototype.slice.call(document.querySelectorAll(selector)); }
  if (how === "tap") {
    return best(all("a[href], button, label, summary, input[type=submit]").filter(shown));
  }
  if (how === "field") {
    var label = best(all("label, legend").filter(function (one) { return one.tagName === "LABEL" && one.htmlFor; }));
    var field = label && document.getElementById(label.htmlFor);
    return field || all("input, textarea, select").filter(function (one) {
      return tidy(one.getAttribute("aria-label")).indexOf(wanted) >= 0;
    })[0] || null;
  }
  return document.querySelector(wanted);
})
