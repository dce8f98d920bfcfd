// Our component partials are held to nhsuk-frontend's fixtures: the same elements, classes, attributes and text for the same options.
import { test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const ROOT = new URL("../../", import.meta.url).pathname;

function fixture(component, name) {
  const all = JSON.parse(readFileSync(`${ROOT}node_modules/nhsuk-frontend/dist/nhsuk/components/${component}/fixtures.json`, "utf8"));
  const found = all.fixtures.find((f) => f.name === name);
  assert.ok(found, `nhsuk-frontend has no fixture "${name}" of ${component} any more`);
  return found.html;
}

const render = (cases) => JSON.parse(execFileSync(`${ROOT}build/release/bin/render_components`, { input: JSON.stringify(cases), encoding: "utf8" }));

// One line for each tag or text; attributes and classes sorted, white space collapsed.
function lines(html) {
  return html.split(/(<[^>]+>)/).map((s) => (s.startsWith("<") ? tag(s) : s.replace(/\s+/g, " ").trim())).filter(Boolean);
}

function tag(text) {
  const name = text.match(/^<\/?[a-z0-9]+/)[0];
  const attributes = [...text.slice(name.length).matchAll(/([a-zA-Z-]+)(?:="([^"]*)")?/g)].map(([, key, value = ""]) => [key, key === "class" ? value.split(/\s+/).filter(Boolean).sort().join(" ") : value]);
  return [name, ...attributes.filter(different).map(([key, value]) => `${key}="${value}"`).sort()].join(" ");
}

// Where ours differs on purpose, everywhere.
function different([key, value]) {
  if (key === "data-module") return false; // finds elements for nhsuk-frontend's script, which we do not load
  if (key === "data-once") return false; // finds elements for ours
  if (key === "tabindex" && value === "-1") return false; // the error summary takes the focus: their script sets it, we write it
  if (key === "spellcheck" && value === "false") return false; // on all our one-line fields: names, addresses, codes
  return !(key === "value" && value === ""); // an empty value says the same as none
}

const field = (kind, more) => ({ [`is_${kind}`]: true, name: "example", type: "text", value: "", ...more });
const options = (html, id) => [...html.matchAll(/value="([^"]*)"( selected| checked)?[^>]*>\s*(?:<label[^>]*>)?\s*([^<]*?)\s*</g)].map(([, value, chosen, text], i) => ({ value, chosen: !!chosen, text, id: i ? `${id}-${i + 1}` : id }));
const drop = (pattern, by = "") => (html) => html.replaceAll(pattern, by);
const smallLegend = drop("nhsuk-fieldset__legend nhsuk-fieldset__legend--s", "nhsuk-fieldset__legend");
const NHS_NUMBER = { label: "What is your NHS number?", width: "nhsuk-input--code nhsuk-input--width-10", inputmode: "numeric" };
const BANNER = fixture("notification-banner", "with success variant"), BACK = fixture("back-link", "default");
const CONTACT = { id: "with-hint-error", label: "How do you want to be contacted about this?", has_error: true, error: "Select how you want to be contacted" };

// Our lists go by cursor, so that no page has a title of its own; "Pages" says what the landmark is for in the words of the rest. <nav> needs no role.
const untitled = (html) => html.replace(/<span class="nhsuk-u-visually-hidden">:<\/span>\s*<span class="nhsuk-pagination__page">.*?<\/span>/s, "").replace(' role="navigation" aria-label="Pagination"', ' aria-label="Pages"');
const row = (html) => html.match(/<div class="nhsuk-summary-list__row.*?<\/div>/s)[0].replace("> name<", "> Name<");
const lineless = drop(/<span class="ch-lines">(.*?)<\/span>/g, "$1");

// [component, fixture, our partial, its context, ours is changed by, theirs is changed by, why]
const cases = [
  ["button", "default", "button", { text: "Save and continue" }],
  ["input", "without heading", "field", field("input", { id: "without-heading", ...NHS_NUMBER })],
  ["input", "with error message and hint, without heading", "field", field("input", { id: "with-hint-error", has_error: true, error: "Enter NHS number", hint: "This is a 10 digit number", ...NHS_NUMBER }),
    null, drop(/ \(like.*App/g), "our hints are text, not HTML"],
  ["input", "example address line 1", "field", field("input", { id: "address-line1", name: "address-line1", label: "Address line 1", autocomplete: "address-line1" })],
  ["input", "example phone number with error message", "field", field("input", { id: "contact-by-phone", name: "contact-by-phone", type: "tel", label: "Phone number", has_error: true, error: "Enter your phone number", width: "nhsuk-u-width-two-thirds" })],
  ["textarea", "with error message and hint, without heading", "field", (html) => field("textarea", { id: html.match(/textarea[^>]* id="([^"]*)/)[1], height: 5, label: "Can you provide more detail?", has_error: true, error: "You must provide an explanation", hint: "Do not include personal information like your name, date of birth or NHS number" })],
  ["select", "with error message and hint, without heading", "field", (html) => field("select", { id: "with-hint-error", label: "Choose location", hint: "This can be different to where you went before", has_error: true, error: "Select a location", options: options(html, "x") }),
    drop('<option value="">Choose</option>'), null, "ours begins with nothing chosen"],
  ["radios", "with error message and hint, without heading", "field", (html) => field("radios", { ...CONTACT, hint: "Select 1 option", options: options(html, CONTACT.id) }), smallLegend, null, "our questions stand several on a page: a small legend"],
  ["checkboxes", "with error message and hint, without heading", "field", (html) => field("checkboxes", { ...CONTACT, hint: "Select all options that are relevant to you", options: options(html, CONTACT.id) }), smallLegend, null, "the same"],
  ["date-input", "with error message and hint, without heading", "field", field("date", { id: "example", name: "example", label: "What is your date of birth?", hint: "For example, 31 3 1980", has_error: true, error: "Enter your date of birth" }),
    (html) => smallLegend(html).replace(/<div class="nhsuk-date-input__item">(?:(?!nhsuk-date-input__item).)*-time".*?<\/div><\/div>/s, "").replaceAll('name="example-', 'name="'),
    (html) => html.replace('nhsuk-date-input" id="example"', 'nhsuk-date-input"').replaceAll('"example-day"', '"example"'),
    "a closing date has a time; names carry the field's; the error summary leads to the day, which has the field's id"],
  ["error-summary", "default", "error_summary", { has_faults: true, faults: [{ field: "example-day", message: "Date of birth must be in the past" }] }],
  ["tag", "default", "tag", { text: "Active" }],
  ["tag", "colour class", "tag", (html) => ({ text: html.match(/>\s*([^<]*?)\s*</)[1], colour: html.match(/class="nhsuk-tag ([^"]*)/)[1] })],
  ["summary-list", "with actions", "summary_row", { key: "Name", value: "Karen Francis", change: "#/change" },
    lineless, row, "a value keeps its lines; the hidden text is the key as it stands"],
  ["summary-list", "with multiple actions", "summary_row", { key: "Name", value: "Karen Francis" }, lineless, row, "the row that nobody changes"],
  ["pagination", "with only next", "pagination", { has_pages: true, next: "#/section/symptoms" }, null, untitled, "see above"],
  ["pagination", "with only previous", "pagination", { has_pages: true, previous: "#/section/treatments" }, null, untitled, "see above"],
  ["notification-banner", "with success variant", "notice", { notice: BANNER.match(/__heading">\s*([^<]*?)\s*</)[1] }],
  ["back-link", "default", "layout", { back: "#", back_text: BACK.match(/>\s*([^<]*?)\s*</)[1] }, (html) => html.match(/<a class="nhsuk-back-link.*?<\/a>/s)[0], null, "one element of the layout"],
  ["task-list", "default", "task", { href: "#/task/exercise", id: "your-health-1", text: "Exercise", done: true }, null, (html) => html.match(/<li.*?<\/li>/s)[0], "the first item"],
  ["task-list", "default", "task", { href: "#/task/smoking-history", id: "your-health-4", text: "Smoking history" }, null, (html) => html.match(/<li.*?<\/li>/gs)[3], "the fourth item"],
];
const same = (html) => html;
for (const [component, name, partial, context, ours, theirs] of cases) {
  test(`${partial} is as in ${component}, ${name}`, () => {
    const expected = fixture(component, name);
    const [html] = render([[partial, typeof context === "function" ? context(expected) : context]]);
    assert.deepEqual(lines((ours || same)(html)), lines((theirs || same)(expected)));
  });
}
