// Only adds to pages that are complete without it.
document.addEventListener("submit", function (event) {
  var form = event.target;
  if (form.dataset.sent) { event.preventDefault(); return; }
  if (form.querySelector("[data-once]")) form.dataset.sent = "1";
});
window.addEventListener("pageshow", function () {
  document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
});
var summary = document.querySelector(".nhsuk-error-summary");
if (summary) summary.focus();
