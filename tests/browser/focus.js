/* Tells whether what has the focus is what a person at a keyboard looks for, and whether the focus can be seen. */
(function (how, wanted) {
  "use strict";
  const element = document.activeElement;
  const tidy = (text) => (text || "").replace(/\s+/g, " ").trim();
  const labels = (one) => [...(one.labels || [])].map((label) => tidy(label.innerText));
  const choice = (one) => one.matches("input[type=radio], input[type=checkbox]");
  const says = (one) => labels(one).some((words) => words.includes(wanted));
  const marked = (one) => {
    const style = getComputedStyle(one);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  };
  if (!element || element === document.body) { return false; }
  switch (how) {
    case "press": {
      if (!element.matches("a, button, summary, input[type=submit]")) { return false; }
      const words = tidy(element.innerText || element.value || element.getAttribute("aria-label"));
      return words === wanted || words.startsWith(wanted);
    }
    case "field":
      return element.matches("input, textarea, select") &&
        (labels(element).join(" ") || tidy(element.getAttribute("aria-label"))).includes(wanted);
    case "choice":
      return choice(element) && says(element);
    case "group": // one radio of a group has the focus; the arrows lead to the others
      return choice(element) &&
        (element.type === "radio" ? [...document.getElementsByName(element.name)] : [element]).some(says);
    case "seen":
      return marked(element) || [...(element.labels || [])].some(marked);
    default:
      throw new Error(how);
  }
})
