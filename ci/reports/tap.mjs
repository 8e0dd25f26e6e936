// TAP by a parser not ours: as many points as checks, and as many failures as the JSON report has.  tap.mjs RUN.json RUN.tap
import { Parser } from "tap-parser";
import { readFileSync } from "node:fs";

const run = JSON.parse(readFileSync(process.argv[2], "utf8"));
const results = await new Promise((resolve) => {
  const parser = new Parser({ strict: true }, resolve);
  parser.end(readFileSync(process.argv[3]));
});
const { summary } = run;
const troubles = run.troubles.length + run.known_trouble.length;
const warned = run.checks.filter((c) => c.verdict === "warn").length;
const wrong = [];
const demand = (what, is, ...due) => { if (!due.includes(is)) wrong.push(`${what} is ${is}, not ${due.join(" or ")}`); };
demand("the number of points", results.count, run.checks.length + troubles);
demand("failures", results.fail - results.todo, summary.fail + troubles, summary.fail + troubles + warned);
demand("to do", results.todo, summary.known);
demand("skipped", results.skip, summary.skip + summary.inconclusive);
const parseErrors = results.failures.filter((f) => f.tapError);
if (parseErrors.length) wrong.push("not TAP: " + JSON.stringify(parseErrors[0]));
if (wrong.length) {
  console.error(`${process.argv[3]}: ${wrong.join("; ")}`);
  process.exit(1);
}
