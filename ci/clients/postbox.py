"""The reference server with a mailbox of 200 messages in every account, and relays in front of it that count octets."""
import email
import email.policy
import glob
import os
import random
import socket
import subprocess
import threading

COUNT = 200


def crlf(octets):
    """As it goes over the wire."""
    return octets.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def lf(octets):
    return octets.replace(b"\r\n", b"\n")


def messages(top):
    """200 messages, all different: the suite's fixtures that are messages, and made ones of every awkward kind."""
    out = []
    for path in sorted(glob.glob(top + "/scenarios/fixtures/*.eml")):
        name = os.path.basename(path)
        # No header, octets no client keeps, UTF-8 headers that POP3 sends in UTF-8 mode only, lines that lead some clients to cut.
        if name.startswith(("hostile", "utf8", "noheader", "binary", "mime-", "headeronly", "emptysubject")):
            continue
        body = open(path, "rb").read()
        # offlineimap3 carries messages through this package: what does not survive it would be the client's doing.
        if email.message_from_bytes(body, policy=email.policy.SMTP).as_bytes() != crlf(body):
            continue
        out.append(crlf(b"Message-ID: <" + name.encode() + b"@clients.example>\n" + body if b"Message-ID" not in body else body))
    kinds = [
        lambda n: "".join("." * (i % 5) + " line %d\n" % i for i in range(n % 37)),
        lambda n: "From the start of a line\n>From quoted\nfrom below\n",
        lambda n: "x" * (60 + n) + "\n" + "y " * 300 + "\n",
        lambda n: "\n" * (n % 9),
        lambda n: "ends in dots\n.\n..\n...\n",
        lambda n: "Gr\u00fc\u00dfe, 8bit: \u20ac\n" * (n % 7 + 1),
        lambda n: "".join("line %d of a longer one, with some text in it\n" % i for i in range(40 * (n % 20))),
        lambda n: "tab\there, trailing blanks   \n   leading ones\n) OK {12}\n* BYE\n+OK\n-ERR\n",
    ]
    chance = random.Random(4)
    while len(out) < COUNT:
        n = len(out)
        head = (
            "From: Sender %d <s%d@example.org>\nTo: you@example.net\nSubject: message %d\nDate: Wed, 10 Jul 2024 12:%02d:%02d +0000\n"
            "Message-ID: <m%d@clients.example>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
        ) % (n, n, n, n // 60, n % 60, n)
        out.append(crlf((head + chance.choice(kinds)(n)).encode()))
    return out


class Relay:
    """A port of its own in front of one of the server's; counts what the server sends."""

    def __init__(self, target):
        self.target = target
        self.octets = 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                client.close()
                continue
            for s in (client, server):
                s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.copy, args=(client, server, False), daemon=True).start()
            threading.Thread(target=self.copy, args=(server, client, True), daemon=True).start()

    def copy(self, source, sink, count):
        try:
            while octets := source.recv(65536):
                if count:
                    self.octets += len(octets)
                sink.sendall(octets)
        except OSError:
            pass
        for s in (source, sink):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        self.listener.close()


class Server:
    """`mailspec serve` as a context; each user's password is "secret"."""

    def __init__(self, mailspec, folder, users, contents, deviations=()):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        self.ca = folder + "/ca.pem"
        command = [mailspec, "serve", "--certificate-out", self.ca]
        for user in users:
            command += ["--user", user + ":secret"]
        for n, octets in enumerate(contents):
            path = "%s/message-%03d.eml" % (folder, n)
            with open(path, "wb") as f:
                f.write(octets)
            command += ["--message", path]
        for name in deviations:
            command += ["--deviation", name]
        self.command = command

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        ports = {}
        while len(ports) < 4:
            line = self.process.stdout.readline()
            if not line:
                raise RuntimeError("mailspec serve did not start: " + " ".join(self.command[:4]))
            name, _, where = line.strip().partition("=")
            if where:
                ports[name] = int(where.rsplit(":", 1)[1])
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        self.relays = {name: Relay(port) for name, port in ports.items() if name in ("pop3", "pop3s", "imap", "imaps")}
        return self

    def port(self, name):
        return self.relays[name].port

    def octets(self):
        return sum(r.octets for r in self.relays.values())

    def __exit__(self, *_):
        for r in self.relays.values():
            r.close()
        self.process.terminate()
        self.process.wait(10)
