"""Plants each bug of fuzz/planted.txt and lets its target look for it, as many at a time as there are cores.  selftest.py BINARIES [--seeds N] [NAME...]"""
import concurrent.futures, os, pathlib, re, shutil, subprocess, sys, tempfile

LIMIT = 60  # seconds of CPU
binaries = pathlib.Path(sys.argv[1])
arguments = sys.argv[2:]
seeds = 3
if arguments[:1] == ["--seeds"]:
    seeds, arguments = int(arguments[1]), arguments[2:]
plants = []
for row in pathlib.Path("fuzz/planted.txt").read_text().splitlines():
    if row and not row.startswith("#"):
        name, target, about = row.split(None, 2)
        if not arguments or name in arguments:
            plants.append((name, target, about))
if not plants:
    sys.exit("no such bug in fuzz/planted.txt: " + " ".join(arguments))
rows = [row.split() for row in pathlib.Path("fuzz/targets.txt").read_text().splitlines() if row and not row.startswith("#")]
DICTIONARIES = {target: words for target, words, _ in rows if words != "-"}


def run(target, plant, *options):
    """Status, what it said, and the seconds of CPU it took."""
    environment = dict(os.environ, MAILSPEC_PLANT=plant, ASAN_OPTIONS="detect_leaks=0:detect_container_overflow=1")
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen([str(binaries / f"{target}_fuzz"), "-timeout=5", "-rss_limit_mb=2048", *options], env=environment, stdout=said, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        return process.returncode, said.read().decode(errors="replace"), used.ru_utime + used.ru_stime


def clean(target, plant, files):
    """Those of the files on which the build with the bug is clean. Where it fails on so many that finding them all takes long, not all are tried."""
    out, left, spent = [], list(files), 0
    while left and spent < LIMIT / 2:
        status, said, seconds = run(target, plant, "-timeout=2", "-runs=1", *map(str, left))
        spent += seconds
        if status == 0:
            return out + left
        bad = len(re.findall("^Running: ", said, re.M)) - 1  # it died at this one
        out, left = out + left[:bad], left[bad + 1:]
    return out


def fails_without_bug(target):
    with tempfile.TemporaryDirectory() as work:  # the first folder is written to
        return run(target, "", "-runs=2000", "-seed=1", work, f"corpus/{target}")[0] != 0


def look_for(plant):
    """The row of the table, and how often it was missed."""
    name, target, about = plant
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        corpus = pathlib.Path(folder) / "corpus"
        corpus.mkdir()
        # Nothing of the regressions: the bug may be one of them.
        files = sorted(f for f in pathlib.Path("corpus", target).iterdir() if f.is_file())
        kept = clean(target, name, files)
        for file in kept:
            shutil.copy(file, corpus)
        row = ""
        for seed in range(1, seeds + 1):
            options = [f"-seed={seed}", f"-max_total_time={2 * LIMIT}", f"-artifact_prefix={folder}/"]
            if target in DICTIONARIES:
                options.append(f"-dict=fuzz/{DICTIONARIES[target]}.dict")
            work = pathlib.Path(folder) / f"work{seed}"
            work.mkdir()
            status, _, seconds = run(target, name, *options, str(work), str(corpus))
            found = status != 0 and seconds <= LIMIT
            missed += not found
            row += f"{seconds:9.1f}" if found else f"{'missed':>9}"
        return f"{name:28} {target:14} {len(kept):5} of {len(files):4}  {row}   {about}", missed


with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as workers:
    # Without a bug nothing is found: what follows means something.
    targets = sorted({target for _, target, _ in plants})
    for target, fails in zip(targets, workers.map(fails_without_bug, targets)):
        if fails:
            sys.exit(f"{target} fails without any bug: mend that first (ci/fuzz {target})")
    missed = 0
    print(f"{'bug':28} {'target':14} {'clean seeds':>12}  " + "".join(f"{'seed ' + str(n + 1):>9}" for n in range(seeds)) + "   (seconds of CPU)", flush=True)
    for row, times in workers.map(look_for, plants):
        missed += times
        print(row, flush=True)
print(f"{len(plants)} bugs, {seeds} seeds each, {missed} missed")
sys.exit(missed > 0)
