/* Makes three small things nicer; every page works without it. Plain ES5 for phones from 2018. */
(function () {
  "use strict";
  var html = document.documentElement;

  /* Big type is a link to #big; this remembers it for the next page of this visit. */
  try {
    if (location.hash === "#big") { sessionStorage.setItem("big", "1"); }
    if (sessionStorage.getItem("big") === "1") { html.className += " big"; }
    document.addEventListener("click", function (event) {
      var link = event.target;
      if (!link || !link.className) { return; }
      if (link.className === "to-big") { sessionStorage.setItem("big", "1"); }
      if (link.className === "to-normal") { sessionStorage.removeItem("big"); html.className = html.className.replace(" big", ""); }
    });
  } catch (error) { /* no storage: the link alone still works */ }

  /* Read aloud, only where the browser has a voice for the page's language. */
  var tools = document.querySelector(".tools");
  var say = window.speechSynthesis;
  if (tools && say && window.SpeechSynthesisUtterance) {
    var label = document.body.getAttribute("data-aloud");
    var offer = function () {
      var tongue = html.lang.slice(0, 2);
      var voices = say.getVoices().filter(function (voice) { return voice.lang.slice(0, 2) === tongue; });
      if (!voices.length || !label || tools.querySelector("[data-say]")) { return; }
      var link = document.createElement("a");
      link.href = "#main";
      link.setAttribute("data-say", "");
      link.textContent = label;
      link.addEventListener("click", function (event) {
        event.preventDefault();
        if (say.speaking) { say.cancel(); return; }
        var words = new SpeechSynthesisUtterance(document.getElementById("main").innerText);
        words.lang = html.lang;
        words.voice = voices[0];
        say.speak(words);
      });
      tools.appendChild(link);
    };
    offer();
    say.addEventListener && say.addEventListener("voiceschanged", offer);
  }

  /* A second tap on a form's button sends nothing twice. */
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.getAttribute("data-sent")) { event.preventDefault(); return; }
    form.setAttribute("data-sent", "1");
    window.setTimeout(function () { form.removeAttribute("data-sent"); }, 8000);
  });
}());
