"""What the corpora reach of the parsers, and which lines they do not, each with its reason.  unreached.py COVERAGE.json

Reasons stand in fuzz/unreached.txt: FILE, a tab, the line's text (without blanks at its ends), a tab, why no input of a corpus comes there. A line that is not
reached and has no reason is named. The aim is 98 % of the lines.
"""
import json, pathlib, sys

reasons = {}
listed = pathlib.Path("fuzz/unreached.txt")
for row in listed.read_text().splitlines() if listed.exists() else []:
    if row and not row.startswith("#"):
        file, text, why = row.split("\t")
        reasons[file, text] = why

data = json.load(open(sys.argv[1]))["data"][0]
root = pathlib.Path.cwd()
lines_in_all = missed_in_all = 0
unexplained = []
for file in data["files"]:
    name = str(pathlib.Path(file["filename"]).relative_to(root))
    source = pathlib.Path(file["filename"]).read_text().splitlines()
    # A line's count is that of the segment that covers it, the greatest of those that begin on it (as llvm-cov has it).
    counts = {}
    segments = file["segments"]
    for here, after in zip(segments, segments[1:]):
        line, _, count, has_count = here[:4]
        if not has_count:
            continue
        for n in range(line, after[0] + (1 if after[1] > 1 else 0)):
            counts[n] = max(counts.get(n, 0), count) if n == line or n in counts else count
    summary = file["summary"]["lines"]
    missed = summary["count"] - summary["covered"]
    lines_in_all += summary["count"]
    missed_in_all += missed
    print(f"  {summary['percent']:6.2f} %  {missed:4} of {summary['count']:4} lines not reached  {name}")
    for n, count in sorted(counts.items()):
        text = source[n - 1].strip()
        if count == 0 and text not in ("", "}", "};", "else {", "} else {") and (name, text) not in reasons:
            unexplained.append(f"{name}:{n}: {text}")
percent = 100.0 * (lines_in_all - missed_in_all) / lines_in_all
print(f"  {percent:6.2f} %  of {lines_in_all} lines in all; {len(reasons)} have a reason, {len(unexplained)} have none")
for row in unexplained:
    print("    " + row)
sys.exit(percent < 98 or bool(unexplained))
