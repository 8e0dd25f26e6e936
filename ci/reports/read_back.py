"""JSON and SARIF reports against their schemas, JUnit by junitparser: do all tell the same run?

read_back.py RUN.json RUN.junit RUN.sarif SARIF-SCHEMA
"""
import json, sys
import jsonschema, junitparser

run = json.load(open(sys.argv[1], encoding="utf-8"))
jsonschema.validate(run, json.load(open("reports/result.schema.json")))
sarif = json.load(open(sys.argv[3], encoding="utf-8"))
jsonschema.validate(sarif, json.load(open(sys.argv[4], encoding="utf-8-sig")))
results = [r for r in sarif["runs"][0]["results"] if r["kind"] == "fail" and r["level"] == "error" and not r.get("suppressions")]
if len(results) != run["summary"]["fail"]:
    sys.exit(f"{sys.argv[3]}: {len(results)} failures, but the run has {run['summary']['fail']}")
xml = junitparser.JUnitXml.fromfile(sys.argv[2])
cases = [case for suite in (xml if isinstance(xml, junitparser.JUnitXml) else [xml]) for case in suite]


def outcome(case):
    kinds = {type(r).__name__ for r in case.result}
    return "fail" if "Failure" in kinds else "error" if "Error" in kinds else "skip" if "Skipped" in kinds else "pass"


told = {}
for case in cases:
    told[outcome(case)] = told.get(outcome(case), 0) + 1
summary = run["summary"]
strict = sum(c["verdict"] == "warn" for c in run["checks"]) if told.get("fail", 0) > summary["fail"] else 0
expected = {
    "fail": summary["fail"] + strict,
    "skip": summary["skip"] + summary["inconclusive"] + summary["known"],
    "pass": summary["pass"] + summary["warn"] - strict,
}
got = {k: told.get(k, 0) for k in expected}
if got != expected:
    sys.exit(f"{sys.argv[2]}: {got}, but the run has {expected}")
if [xml.tests, xml.failures, xml.skipped] != [len(cases), got["fail"], got["skip"]]:
    sys.exit(f"{sys.argv[2]}: the totals are not those of the cases")
