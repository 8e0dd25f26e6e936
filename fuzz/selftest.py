"""Plants each bug of fuzz/planted.txt and lets its target look for it.  selftest.py BINARIES [--seeds N] [NAME...]"""
import os, pathlib, resource, shutil, subprocess, sys, tempfile

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
    environment = dict(os.environ, MAILSPEC_PLANT=plant, ASAN_OPTIONS="detect_leaks=0:detect_container_overflow=1")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([str(binaries / f"{target}_fuzz"), "-timeout=5", "-rss_limit_mb=2048", *options], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done.returncode, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def clean(target, plant, files):
    """Those of the files on which the build with the bug is clean."""
    if not files:
        return []
    status, _ = run(target, plant, "-runs=1", *map(str, files))
    if status == 0:
        return files
    if len(files) == 1:
        return []
    half = len(files) // 2
    return clean(target, plant, files[:half]) + clean(target, plant, files[half:])


# Without a bug nothing is found: what follows means something.
for target in sorted({target for _, target, _ in plants}):
    with tempfile.TemporaryDirectory() as work:  # the first folder is written to
        if run(target, "", "-runs=2000", "-seed=1", work, f"corpus/{target}")[0] != 0:
            sys.exit(f"{target} fails without any bug: mend that first (ci/fuzz {target})")

missed = 0
print(f"{'bug':28} {'target':14} {'clean seeds':>12}  " + "".join(f"{'seed ' + str(n + 1):>9}" for n in range(seeds)) + "   (seconds of CPU)")
for name, target, about in plants:
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
            status, seconds = run(target, name, *options, str(work), str(corpus))
            found = status != 0 and seconds <= LIMIT
            missed += not found
            row += f"{seconds:9.1f}" if found else f"{'missed':>9}"
        print(f"{name:28} {target:14} {len(kept):5} of {len(files):4}  {row}   {about}", flush=True)
print(f"{len(plants)} bugs, {seeds} seeds each, {missed} missed")
sys.exit(missed > 0)
