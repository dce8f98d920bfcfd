// The journey in Chromium, with JavaScript on and off: an employer joins and publishes, anyone finds, a candidate applies, the employer
// shortlists, the candidate is told. Every page is looked at.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { BASE, PASSWORD, email, launch, linkIn, look, looked, mailTo, open, person, press, signIn } from "./lib/helpers.mjs";

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

async function coordinator(page) {
  const address = "coordinator@department.example";
  await signIn(page, address);
  if (!page.url().includes("/sign-in")) return;
  await open(page, "/register/candidate");
  await page.getByLabel("Your name").fill("Carla Coordinator");
  await page.getByLabel("Email address").fill(address);
  await page.getByLabel("Password").fill(PASSWORD);
  await press(page, "Create account");
  await open(page, linkIn(await mailTo(address)));
  await press(page, "Confirm");
}

async function eventually(page, address, text) {
  for (let i = 0; i < 100; i++) {
    await open(page, address);
    if ((await page.locator("main").innerText()).includes(text)) return;
    await page.waitForTimeout(50);
  }
  assert.fail(`${address} never said ${text}`);
}

// What paper cannot do is not printed: buttons, forms, the addresses of links within the service.
async function onPaper(page) {
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator("main :is(form, nav, .nhsuk-button):visible").count(), 0);
  const added = await page.locator("a:visible").evaluateAll((links) => links.map((a) => getComputedStyle(a, "::after").content));
  assert.ok(added.length > 0 && added.every((text) => text === "none"), added.join());
  await page.emulateMedia({ media: null });
}

for (const javaScriptEnabled of [true, false]) {
  test(`the whole journey, JavaScript ${javaScriptEnabled ? "on" : "off"}`, { timeout: 240000 }, async () => {
    const tag = `w${Date.now()}`;
    const seen = async (page, name) => { if (javaScriptEnabled) await look(page, name); };

    // an employer joins
    const employer = await person(browser, { javaScriptEnabled });
    const name = `Ysbyty Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch ${tag}`, address = email("admin");
    await open(employer, "/register");
    await seen(employer, "register");
    await open(employer, "/register/organisation");
    await seen(employer, "register-organisation");
    await press(employer, "Join");
    await seen(employer, "register-organisation-errors");
    await employer.getByLabel("Name of the organisation").fill(name);
    await employer.getByLabel("Kind of organisation").selectOption("hospital_trust");
    await employer.getByLabel("Town or postcode").fill("Leeds");
    await employer.getByLabel("Region").selectOption("yorkshire_and_the_humber");
    await employer.getByLabel("Your name").fill("Ada Admin");
    await employer.getByLabel("Email address").fill(address);
    await employer.getByLabel("Password").fill(PASSWORD);
    await press(employer, "Join");
    await seen(employer, "register-sent");
    await open(employer, linkIn(await mailTo(address)));
    await seen(employer, "register-confirm");
    await press(employer, "Confirm");
    await seen(employer, "employer-empty");
    const org = employer.url().split("/employer/")[1];

    // the department approves
    const department = await person(browser, { javaScriptEnabled });
    await coordinator(department);
    await eventually(department, `/department/organisations/${org}`, name);
    await seen(department, "department-organisation");
    await press(department, "Approve");
    await seen(department, "department-organisations");
    await open(department, "/department/organisations?state=refused&sector=schools&region=wales");
    await department.getByRole("link", { name: "All organisations" }).click();
    await department.getByRole("row").nth(1).waitFor(); // one of many: ours may be on a later page
    await open(department, "/department");
    await seen(department, "department");

    // the employer writes and publishes
    await open(employer, `/employer/${org}/vacancies/new`);
    await seen(employer, "vacancy-new");
    await employer.getByLabel("Job title").fill(`Staff nurse ${tag}`);
    await press(employer, "Continue");
    await seen(employer, "vacancy-tasks");
    const vacancy = employer.url();
    const step = async (slug, fill, of = vacancy) => {
      await open(employer, `${of}/${slug}`);
      await fill();
      await seen(employer, `vacancy-${slug}`);
      await press(employer, "Save and continue");
      assert.equal(employer.url(), of);
    };
    await step("basics", async () => {
      await employer.getByLabel("Summary").fill("Join our ward. £28,407 – croeso!");
      await employer.getByLabel("Staff group").selectOption("nursing_and_midwifery");
      await employer.getByLabel("Contract type").selectOption("permanent");
      await employer.getByLabel("Full time").check();
    });
    await step("pay", async () => {
      await employer.getByLabel("Pay band").selectOption("band_5");
      await employer.getByLabel("Lowest pay").fill("28407");
      await employer.getByLabel("a year").check();
    });
    await step("locations", async () => {
      await employer.getByLabel("Place").first().fill("St James's Hospital, Leeds");
      await employer.getByLabel("Postcode").first().fill("LS9 7TF");
    });
    await step("description", async () => employer.getByLabel("Description").fill("# The ward\n\n- days\n- nights\n\n| Day | Hours |\n|---|---|\n| Monday | 7½ |\n"));
    await step("criteria", async () => {
      await employer.getByLabel("Criterion", { exact: true }).first().fill("Registered with the NMC");
      await employer.getByLabel("Essential").first().check();
    });
    const closing = async () => {
      await employer.getByLabel("Day").fill("27");
      await employer.getByLabel("Month").fill("March");
      await employer.getByLabel("Year").fill("2030");
      await employer.getByLabel("Time", { exact: true }).fill("5pm");
    };
    await step("closing", closing);
    await open(employer, `${vacancy}/preview`);
    await seen(employer, "vacancy-preview");
    await eventually(employer, vacancy, "Publish");
    for (let i = 0; i < 50 && !(await employer.locator("main").innerText()).includes("The vacancy is published"); i++) {
      await open(employer, vacancy);
      await press(employer, "Publish");
    }
    await seen(employer, "vacancy-published");
    const reference = (await employer.locator('main a[href^="/jobs/"]').first().getAttribute("href")).split("/")[2];
    await open(employer, `${vacancy}/basics`);
    await employer.getByLabel("Summary").fill("Join our ward. £28,407 – croeso! Days and nights.");
    await seen(employer, "vacancy-basics-published");
    await press(employer, "Save and continue");
    assert.match(await employer.locator("main").innerText(), /changed Summary/);
    await seen(employer, "vacancy-versions");
    await open(employer, `${vacancy}/close`);
    await seen(employer, "vacancy-close");
    await employer.getByRole("link", { name: "Cancel" }).click();
    assert.equal(employer.url(), vacancy);
    await open(employer, `${vacancy}/withdraw`);
    await seen(employer, "vacancy-withdraw");
    await open(employer, "/account");
    await seen(employer, "account");
    await open(employer, "/account/password");
    await press(employer, "Change password");
    await seen(employer, "account-password-errors");
    await open(employer, `/employer/${org}`);
    await seen(employer, "employer");
    await open(employer, `/employer/${org}/team`);
    const invited = email("colleague");
    await employer.getByLabel("Email address").fill(invited);
    await employer.getByLabel("Recruiter").check();
    await press(employer, "Send the invitation");
    await press(employer, "Send again");
    assert.match(await employer.locator("main").innerText(), /Invitations not yet accepted/);
    await seen(employer, "team");
    await employer.getByLabel("Name of the system").fill("HR system");
    await press(employer, "Make credentials");
    await seen(employer, "team-client");
    await open(employer, `/employer/${org}/team`);
    await employer.getByRole("link", { name: "Take access away" }).click();
    await seen(employer, "team-client-revoke");
    await employer.getByRole("link", { name: "Cancel" }).click();
    await employer.getByRole("link", { name: "Change" }).first().click();
    await seen(employer, "team-member");
    await employer.getByRole("link", { name: "Take out of the team" }).click();
    await seen(employer, "team-remove");

    // a colleague joins, and may not do everything
    const colleague = await person(browser, { javaScriptEnabled }), invitation = linkIn(await mailTo(invited, "", 2));
    await open(colleague, invitation);
    await seen(colleague, "invitation");
    await colleague.getByLabel("Your name").fill("Rae Recruiter");
    await colleague.getByLabel("New password").fill(PASSWORD);
    await press(colleague, "Join");
    assert.match(await colleague.locator("main").innerText(), /You have joined/);
    await seen(colleague, "colleague-joined");
    await open(colleague, invitation);
    await seen(colleague, "invitation-over");
    await open(colleague, `/employer/${org}/team`);
    await seen(colleague, "forbidden");

    // anyone finds
    const candidate = await person(browser, { javaScriptEnabled });
    await open(candidate, "/");
    await seen(candidate, "home");
    await candidate.getByLabel("What").fill(tag);
    await candidate.getByLabel("Where").fill("Leeds");
    await press(candidate, "Search");
    assert.match(await candidate.locator("h1").innerText(), /^1 job for/);
    await seen(candidate, "jobs");
    await candidate.getByRole("link", { name: `Staff nurse ${tag}` }).click();
    await seen(candidate, "job");

    // a candidate registers and applies
    await candidate.getByRole("link", { name: "Apply for this job" }).first().click();
    assert.match(candidate.url(), /sign-in\?next=/);
    await seen(candidate, "sign-in");
    const me = email("candidate"), myName = `Zebedee Quill${tag}`;
    await open(candidate, "/register/candidate");
    await seen(candidate, "register-candidate");
    await candidate.getByLabel("Your name").fill(myName);
    await candidate.getByLabel("Email address").fill(me);
    await candidate.getByLabel("Password").fill(PASSWORD);
    await press(candidate, "Create account");
    await open(candidate, linkIn(await mailTo(me)));
    await press(candidate, "Confirm");
    await seen(candidate, "candidate-empty");
    await open(candidate, "/candidate/profile");
    await candidate.getByLabel("Phone number").fill("07700 900123");
    await candidate.getByLabel("About you").fill(`I am ${myName}, and I care.`);
    await seen(candidate, "profile");
    await press(candidate, "Save");
    await open(candidate, `/jobs?keyword=${tag}`);
    await candidate.getByRole("link", { name: `Staff nurse ${tag}` }).click();
    await candidate.getByRole("link", { name: "Apply for this job" }).first().click();
    await seen(candidate, "apply");
    await press(candidate, "Start");
    await seen(candidate, "application-tasks");
    const application = candidate.url();
    await candidate.getByRole("link", { name: "Read what you have so far" }).click();
    await seen(candidate, "application-check-unfinished");
    await open(candidate, application);
    await candidate.getByRole("link", { name: "Your details" }).click();
    assert.equal(await candidate.title(), `Your details – Staff nurse ${tag} – Commonhire`);
    await seen(candidate, "application-details");
    await press(candidate, "Save and continue");
    await candidate.getByRole("link", { name: "Why you are right" }).click();
    await seen(candidate, "application-statement");
    await press(candidate, "Save and continue");
    await candidate.getByRole("link", { name: "The criteria" }).click();
    await candidate.getByLabel("Registered with the NMC").fill("Yes, since 2015.");
    await seen(candidate, "application-answers");
    await press(candidate, "Save and continue");
    await candidate.getByRole("link", { name: "Your CV" }).click();
    await seen(candidate, "document-upload");
    await candidate.getByLabel("Your CV").setInputFiles({ name: "cv.exe", mimeType: "application/pdf", buffer: Buffer.from("MZ\0\x01".repeat(400), "latin1") });
    await press(candidate, "Upload");
    assert.match(await candidate.locator("main").innerText(), /must be a PDF/);
    await seen(candidate, "document-refused");
    await candidate.getByLabel("Your CV").setInputFiles({ name: "cv.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4 " + "x".repeat(5000) + "\nstartxref\n9\n%%EOF\n") });
    await press(candidate, "Upload");
    assert.equal(candidate.url(), application);
    await candidate.getByRole("link", { name: "Check and send" }).click();
    assert.equal(await candidate.title(), `Check your answers – Staff nurse ${tag} – Commonhire`);
    await seen(candidate, "application-check");
    await press(candidate, "Send application");
    await seen(candidate, "application-sent");
    if (javaScriptEnabled) await onPaper(candidate);
    await candidate.getByRole("link", { name: "Withdraw this application" }).click();
    assert.match(await candidate.title(), new RegExp(`– Staff nurse ${tag} – Commonhire$`));
    await seen(candidate, "application-withdraw");
    await candidate.getByRole("link", { name: "Keep it" }).click();

    // the employer shortlists, blind until then
    await open(employer, `${vacancy}/applications`);
    await seen(employer, "applications");
    await employer.getByRole("link", { name: /^Application / }).click();
    assert.ok(!(await employer.content()).includes("Zebedee"));
    await seen(employer, "employer-application-blind");
    if (javaScriptEnabled) await onPaper(employer);
    await press(employer, "Reject");
    await seen(employer, "employer-application-reject-errors");
    await press(employer, "Shortlist");
    assert.ok((await employer.content()).includes(myName));
    await seen(employer, "employer-application-open");

    // and the candidate is told
    assert.match((await mailTo(me, "shortlisted")).HTML, /See your application/);
    await eventually(candidate, "/candidate/messages", "shortlisted");
    await seen(candidate, "messages");
    await candidate.getByRole("link", { name: /shortlisted/ }).click();
    await seen(candidate, "message");
    await open(candidate, "/candidate");
    await seen(candidate, "candidate");
    await open(candidate, "/candidate/documents");
    await seen(candidate, "documents");
    await candidate.getByRole("link", { name: /^Delete/ }).click();
    await seen(candidate, "document-delete");
    await candidate.getByRole("link", { name: "Keep it" }).click();
    await press(candidate, "Sign out");
    assert.equal(candidate.url(), `${BASE}/`);
    await open(candidate, "/reset");
    await candidate.getByLabel("Email address").fill(me);
    await press(candidate, "Send the link");
    await open(candidate, linkIn(await mailTo(me, "new password")));
    await seen(candidate, "reset-confirm");

    // what goes wrong: somebody else saved meanwhile, a text that no form takes, a vacancy that has closed
    await open(colleague, `${vacancy}/basics`);
    await open(employer, `${vacancy}/basics`);
    await employer.getByLabel("Summary").fill("First.");
    await press(employer, "Save and continue");
    await colleague.getByLabel("Summary").fill("Second.");
    await press(colleague, "Save and continue");
    await seen(colleague, "vacancy-stale");
    await open(employer, `${vacancy}/description`);
    await employer.getByLabel("Description").fill("x".repeat(1100000));
    await press(employer, "Save and continue");
    await seen(employer, "too-large");
    await open(employer, `${vacancy}/close`);
    await press(employer, "Close vacancy");
    await seen(employer, "vacancy-closed");
    await open(candidate, `/jobs/${reference}`);
    await seen(candidate, "job-closed");

    // and once more, from a copy
    await open(employer, vacancy);
    await employer.getByRole("link", { name: "Write a copy" }).click();
    await seen(employer, "vacancy-new-copy");
    await press(employer, "Continue");
    const copy = employer.url();
    await step("closing", closing, copy);
    await press(employer, "Publish");
    assert.match(await employer.locator("main").innerText(), /The vacancy is published/);
    await eventually(candidate, `/jobs?keyword=${tag}`, "1 job for");
    for (const page of [employer, department, colleague, candidate]) assert.deepEqual(page.elsewhere, []);
  });
}

test("pages that anyone sees", { timeout: 120000 }, async () => {
  const page = await person(browser);
  for (const [path, name] of [["/", "home-2"], ["/jobs", "jobs-all"], ["/jobs?keyword=xylophonist&location=Leeds", "jobs-none"], ["/jobs?location=Qqqzz", "jobs-nowhere"],
                              ["/jobs?location=Newport", "jobs-newport"], ["/jobs?keyword=nurse&staff_group=nursing_and_midwifery&salary_min=20000", "jobs-filtered"], ["/accessibility", "accessibility"],
                              ["/cookies", "cookies"], ["/privacy", "privacy"], ["/api/docs", "api-docs"], ["/reset", "reset"], ["/nothing", "not-found"], ["/sign-in", "sign-in-2"]]) {
    await open(page, path);
    await look(page, name);
  }
});

// What only leads on, and files.
const NO_PAGE = /\/(submit|publish|reject|cv)$|^\/(candidate\/)?documents\/\{id\}$/;

test("every page of the route tables was looked at", () => {
  const services = readdirSync(new URL("../../services", import.meta.url));
  const routes = services.flatMap((name) => JSON.parse(execFileSync(`${process.env.BIN}/commonhire-${name}`, ["routes"])));
  const pages = routes.filter((r) => r.page && r.method === "GET" && !NO_PAGE.test(r.path)).map((r) => r.path).sort((a, b) => a.split("{").length - b.split("{").length);
  const found = new Set([...looked].map((path) => pages.find((p) => new RegExp(`^${p.replace(/\{[a-z]+\}/g, "[^/]+")}$`).test(path))));
  assert.ok(pages.length > 40);
  assert.deepEqual(pages.filter((p) => !found.has(p)), []);
});

for (const path of ["/", "/jobs", "advert", "/sign-in", "/register/organisation", "/api/docs"]) {
  test(`a first visit to ${path} is under 100 kB compressed and asks nobody else`, { timeout: 60000 }, async () => {
    const page = await person(browser), found = await (await fetch(`${BASE}/api/v1/vacancies?limit=1`)).json(); // the journey's, where there is no other
    const session = await page.context().newCDPSession(page);
    let bytes = 0;
    await session.send("Network.enable");
    session.on("Network.loadingFinished", (e) => { bytes += e.encodedDataLength; });
    await open(page, path === "advert" ? `/jobs/${found.vacancies[0].reference}` : path);
    await page.waitForLoadState("networkidle");
    assert.deepEqual(page.elsewhere, []);
    assert.ok(bytes > 5000 && bytes < 100000, `${bytes} bytes`);
  });
}

test("by keyboard: skip link, then search", { timeout: 60000 }, async () => {
  const page = await person(browser);
  await open(page, "/");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to main content");
  await page.keyboard.press("Enter");
  await page.getByLabel("What").focus();
  await page.keyboard.type("nurse");
  await page.keyboard.press("Enter");
  await page.waitForURL(/jobs\?keyword=nurse/);
});
