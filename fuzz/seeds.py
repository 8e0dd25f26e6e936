"""Seeds from the scenarios: what they say, and what the reference server answers.  seeds.py TRACES FIXTURES OUT

TRACES is what `mailspec run --embedded --keep-traces --traces TRACES` leaves. OUT/TARGET gets the seeds, a file each, named by what they hold; ci/fuzz seeds
then keeps of them what reaches code that the corpus does not.
"""
import hashlib, json, pathlib, re, sys

traces, fixtures, out = (pathlib.Path(p) for p in sys.argv[1:])
LIMIT = 4096  # octets; what is longer is for other tests
REPLIES = ["NOOP", "LIST", "LIST 1", "RETR 1", "TOP 1 0", "UIDL", "CAPA", "AUTH PLAIN", "STAT", "QUIT", "LANG"]  # as in octets_target.cc


def keep(target, octets):
    if not octets or len(octets) > LIMIT:
        return
    folder = out / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha256(octets).hexdigest()[:16]).write_bytes(octets)


def octets(text):
    return text.encode("latin-1", "replace")


for file in sorted(traces.glob("*.json")):
    trace = json.loads(file.read_text("utf-8"))
    said, told = {}, {}
    for event in trace["events"]:
        text = event.get("octets", "")
        key = event["connection"], bool(event.get("imap"))
        if event["kind"] == "sent" and "{secret" not in text:
            # The target's own mailbox stands for the scenario's.
            text = re.sub(r"\bms\d+b", "INBOX", text)
            said.setdefault(key, []).append(octets(text if text.endswith("\r\n") else text + "\r\n"))
        elif event["kind"] == "received":
            if key[1]:
                told.setdefault(key, []).append(octets(event["said"]["octets"]) + b"\r\n")
            else:
                command = event.get("command", "")
                for i, known in enumerate(REPLIES):
                    if command.split(" ")[0].upper() == known.split(" ")[0] and command.count(" ") == known.count(" "):
                        reply = octets(event["reply"]["line"]) + b"\r\n"
                        content = event["reply"].get("content")
                        if isinstance(content, dict) and "head" in content:
                            reply += octets(content["head"]) + b".\r\n"
                        keep("pop3_response", bytes([i]) + reply)
                        break
    for (connection, imap), lines in said.items():
        for target in ("imap_command", "imap_dialogue") if imap else ("pop3_command", "pop3_dialogue"):
            keep(target, b"".join(lines))
    for (connection, imap), lines in told.items():
        keep("imap_response", b"".join(lines))
        keep("imap_framer", b"".join(lines))
        keep("imap_judge", b"".join(lines))
for file in sorted(fixtures.glob("*.eml")):
    keep("mime", file.read_bytes())
for file in sorted(pathlib.Path("scenarios").rglob("*")):
    if file.suffix in (".pop3", ".imap", ".both"):
        keep("scenario", file.read_bytes())
for file in [*pathlib.Path("ci/servers").glob("*/target.toml"), *pathlib.Path("ci/servers").glob("*/known.toml")]:
    keep("settings", re.sub(rb"(?m)^ca = .*$", b"", file.read_bytes())[:LIMIT])
