"""The clients that people use, each as a function: it gets what the server has into a folder, as it would for its user.

fetch(server, user, folder) -> list of messages as octets. A second call with the same folder is the client's second run.
"""
import glob
import imaplib
import os
import poplib
import pty
import re
import select
import ssl
import subprocess
import time

TIMEOUT = 60


class Trouble(Exception):
    """The client says that something is wrong, or does not end."""


def run(command, folder, stdin=None, env=None, accept=(0,)):
    environment = dict(os.environ, HOME=folder, LC_ALL="C.UTF-8", XDG_CONFIG_HOME=folder, XDG_DATA_HOME=folder, **(env or {}))
    try:
        done = subprocess.run(command, cwd=folder, input=stdin, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        raise Trouble("does not end within %d s" % TIMEOUT) from None
    text = done.stdout.decode("utf-8", "replace")
    if done.returncode not in accept:
        raise Trouble("exit status %d: %s" % (done.returncode, " / ".join(text.strip().splitlines()[-2:])[:200]))
    return text


def write(path, text):
    with open(path, "w") as f:
        f.write(text)
    os.chmod(path, 0o600)


def read_all(pattern):
    out = []
    for path in sorted(glob.glob(pattern)):
        with open(path, "rb") as f:
            out.append(f.read())
    return out


def maildir(path):
    return read_all(path + "/cur/*") + read_all(path + "/new/*")


# ---- curl: no state, so its second run fetches again

def curl(server, user, folder, scheme, url):
    for old in glob.glob(folder + "/m*"):
        os.remove(old)
    port = server.port(scheme)
    run(["curl", "-sS", "--cacert", server.ca, "--max-time", str(TIMEOUT - 5), "-u", user + ":secret", "-o", folder + "/m#1",
         "%s://localhost:%d/%s" % (scheme, port, url)], folder)
    return read_all(folder + "/m*")


def curl_imap(server, user, folder):
    return curl(server, user, folder, "imap", "INBOX;MAILINDEX=[1-200]")


def curl_imaps(server, user, folder):
    return curl(server, user, folder, "imaps", "INBOX;MAILINDEX=[1-200]")


def curl_pop3(server, user, folder):
    return curl(server, user, folder, "pop3", "[1-200]")


def curl_pop3s(server, user, folder):
    return curl(server, user, folder, "pop3s", "[1-200]")


def curl_upload(server, user, folder, octets):
    path = folder + "/upload.eml"
    with open(path, "wb") as f:
        f.write(octets)
    run(["curl", "-sS", "--cacert", server.ca, "--max-time", "30", "-u", user + ":secret", "-T", path, "imaps://localhost:%d/INBOX" % server.port("imaps")], folder)


# ---- clients that synchronise both ways

def mbsync(server, user, folder):
    os.makedirs(folder + "/mail", exist_ok=True)
    write(folder + "/rc", """IMAPAccount a
Host localhost
Port %d
User %s
Pass secret
SSLType STARTTLS
CertificateFile %s
Timeout 30

IMAPStore far
Account a

MaildirStore near
Path %s/mail/
Inbox %s/mail/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns *
Create Both
Expunge Both
SyncState *
""" % (server.port("imap"), user, server.ca, folder, folder))
    run(["mbsync", "-c", folder + "/rc", "all"], folder)
    # It marks what it carries.
    return [re.sub(rb"^X-TUID: [^\n]*\n", b"", m, count=1, flags=re.M) for m in maildir(folder + "/mail/INBOX")]


def offlineimap(server, user, folder):
    write(folder + "/rc", """[general]
accounts = a
metadata = %s/state
ui = quiet
[Account a]
localrepository = near
remoterepository = far
[Repository near]
type = Maildir
localfolders = %s/mail
[Repository far]
type = IMAP
remotehost = localhost
remoteport = %d
remoteuser = %s
remotepass = secret
ssl = yes
sslcacertfile = %s
""" % (folder, folder, server.port("imaps"), user, server.ca))
    run(["offlineimap", "-c", folder + "/rc", "-o", "-1"], folder)
    return maildir(folder + "/mail/INBOX")


# ---- clients that fetch, and know again what they have fetched

def fetchmail(server, user, folder, protocol):
    os.makedirs(folder + "/mail", exist_ok=True)
    write(folder + "/deliver", "#!/bin/sh\nexec cat > \"%s/mail/$(date +%%s%%N).$$\"\n" % folder)
    os.chmod(folder + "/deliver", 0o700)
    port = server.port("pop3" if protocol == "pop3" else "imap")
    write(folder + "/rc", "set idfile \"%s/ids\"\nset invisible\npoll localhost port %d protocol %s %s\n user \"%s\" password \"secret\" keep no rewrite "
          "sslcertck sslcertfile \"%s\" mda \"%s/deliver\"\n" % (folder, port, protocol, "uidl" if protocol == "pop3" else "", user, server.ca, folder))
    # 1: there was no new mail.
    run(["fetchmail", "-f", folder + "/rc", "--pidfile", folder + "/pid", "--nosyslog", "--nobounce"], folder, accept=(0, 1))
    # fetchmail puts a field of its own into none of them when it is invisible, but for this.
    return [re.sub(rb"^X-Fetchmail[^\n]*\n", b"", m, flags=re.M) for m in read_all(folder + "/mail/*")]


def fetchmail_pop3(server, user, folder):
    return fetchmail(server, user, folder, "pop3")


def fetchmail_imap(server, user, folder):
    return fetchmail(server, user, folder, "imap")


# getmail forks for each message, and begins to listen for the child's end only then: a child that is quick enough is waited for in vain, for
# minutes. That is its own affair and no server's, so here it waits for the child itself.
GETMAIL = """
import os, runpy, sys
from getmailcore.baseclasses import ForkingBase
ForkingBase._prepare_child = lambda self: None
ForkingBase._wait_for_child = lambda self, pid: os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.argv = ["getmail"] + sys.argv[1:]
runpy.run_path("/usr/bin/getmail", run_name="__main__")
"""


def getmail(server, user, folder, retriever, port):
    for part in ("cur", "new", "tmp"):
        os.makedirs(folder + "/mail/" + part, exist_ok=True)
    write(folder + "/getmailrc", """[retriever]
type = %s
server = localhost
port = %d
username = %s
password = secret
ca_certs = %s
[destination]
type = Maildir
path = %s/mail/
[options]
read_all = false
delete = false
delivered_to = false
received = false
verbose = 0
""" % (retriever, port, user, server.ca, folder))
    command = ["/usr/bin/python3", "-c", GETMAIL, "--getmaildir", folder]
    if os.getuid() == 0:
        # It delivers nothing as root.
        subprocess.run(["chown", "-R", "nobody:nogroup", folder], check=True)
        command = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] + command
    text = run(command, folder)
    if "error" in text.lower():
        raise Trouble(" / ".join(text.strip().splitlines()[-2:])[:200])
    # It writes down whom a message is from, and where it was.
    own = rb"^(Return-Path|X-getmail-retrieved-from-mailbox): [^\n]*\n"
    return [re.sub(own, b"", m, flags=re.M) for m in maildir(folder + "/mail")]


def getmail_pop3(server, user, folder):
    return getmail(server, user, folder, "SimplePOP3SSLRetriever", server.port("pop3s"))


def getmail_imap(server, user, folder):
    return getmail(server, user, folder, "SimpleIMAPSSLRetriever", server.port("imaps"))


def mpop(server, user, folder):
    for part in ("cur", "new", "tmp"):
        os.makedirs(folder + "/mail/" + part, exist_ok=True)
    write(folder + "/rc", """defaults
account a
host localhost
port %d
user %s
password secret
auth user
tls on
tls_starttls on
tls_trust_file %s
keep on
received_header off
uidls_file %s/uidls
delivery maildir %s/mail
""" % (server.port("pop3"), user, server.ca, folder, folder))
    run(["mpop", "-C", folder + "/rc", "-q", "a"], folder)
    return maildir(folder + "/mail")


def neomutt(server, user, folder):
    """In a terminal, with its keys pushed: all messages into an mbox, by the header cache's leave only once."""
    os.makedirs(folder + "/cache", exist_ok=True)
    os.makedirs(folder + "/Mail", exist_ok=True)  # else it asks
    write(folder + "/rc", """set imap_user = "%s"
set imap_pass = "secret"
set ssl_starttls = yes
set ssl_force_tls = yes
set certificate_file = "%s"
set header_cache = "%s/cache"
set message_cachedir = "%s/cache"
set confirm_append = no
set confirm_create = no
set delete = no
set quit = yes
set mbox_type = Maildir
set copy = no
set wait_key = no
set timeout = 1
set record = ""
set mail_check = 1
set sleep_time = 0
set auto_tag = yes
set mark_old = no
""" % (user, server.ca, folder, folder))
    target = folder + "/mail"
    subprocess.run(["rm", "-rf", target], check=True)
    keys = "<tag-pattern>~A<enter><copy-message>%s<enter><quit>" % target
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.environ.update(HOME=folder, TERM="xterm", LC_ALL="C.UTF-8", LINES="40", COLUMNS="120")
        os.execvp("neomutt", ["neomutt", "-n", "-F", folder + "/rc", "-f", "imap://localhost:%d/INBOX" % server.port("imap"), "-e", 'push "%s"' % keys])
    begin = time.time()
    said = b""
    try:
        while True:
            if time.time() - begin > TIMEOUT:
                os.kill(pid, 9)
                raise Trouble("does not end within %d s: %s" % (TIMEOUT, re.sub(rb"\x1b[^a-zA-Z]*[a-zA-Z]|[^ -~]", b" ", said)[-200:].decode()))
            if select.select([fd], [], [], 1)[0]:
                try:
                    said = (said + os.read(fd, 65536))[-4000:]
                except OSError:
                    break
    finally:
        os.close(fd)
        os.waitpid(pid, 0)
    # What it writes into a Maildir has fields of its own.
    return [re.sub(rb"^(Status|X-Status|Content-Length|Lines): [^\n]*\n", b"", m, flags=re.M) for m in maildir(target)]


# ---- Python's own modules, as a small client would use them: by UID and unique-id

def python_imaplib(server, user, folder):
    os.makedirs(folder + "/mail", exist_ok=True)
    context = ssl.create_default_context(cafile=server.ca)
    try:
        m = imaplib.IMAP4("localhost", server.port("imap"), timeout=TIMEOUT)
        m.starttls(context)
        m.login(user, "secret")
        m.select("INBOX")
        validity = m.response("UIDVALIDITY")[1][0].decode()
        _, found = m.uid("SEARCH", None, "ALL")
        for uid in found[0].decode().split():
            path = "%s/mail/%s.%05d" % (folder, validity, int(uid))
            if os.path.exists(path):
                continue
            status, data = m.uid("FETCH", uid, "(BODY.PEEK[])")
            if status != "OK" or not isinstance(data[0], tuple):
                raise Trouble("FETCH of UID %s gives %r" % (uid, data))
            with open(path, "wb") as f:
                f.write(data[0][1])
        m.close()
        m.logout()
    except (OSError, imaplib.IMAP4.error, ValueError, AttributeError, IndexError, TypeError) as e:
        raise Trouble("%s: %s" % (type(e).__name__, str(e)[:160])) from None
    return read_all(folder + "/mail/*")


def python_poplib(server, user, folder):
    os.makedirs(folder + "/mail", exist_ok=True)
    try:
        p = poplib.POP3("localhost", server.port("pop3"), timeout=TIMEOUT)
        p.stls(ssl.create_default_context(cafile=server.ca))
        p.user(user)
        p.pass_("secret")
        for line in p.uidl()[1]:
            number, uid = line.decode().split()
            path = "%s/mail/%s" % (folder, uid.replace("/", "_"))
            if os.path.exists(path):
                continue
            with open(path, "wb") as f:
                f.write(b"\r\n".join(p.retr(int(number))[1]) + b"\r\n")
        p.quit()
    except (OSError, poplib.error_proto, ValueError) as e:
        raise Trouble("%s: %s" % (type(e).__name__, str(e)[:160])) from None
    return read_all(folder + "/mail/*")


ALL = {
    "curl-imap": curl_imap,
    "curl-imaps": curl_imaps,
    "curl-pop3": curl_pop3,
    "curl-pop3s": curl_pop3s,
    "mbsync": mbsync,
    "offlineimap3": offlineimap,
    "fetchmail-pop3": fetchmail_pop3,
    "fetchmail-imap": fetchmail_imap,
    "getmail6-pop3": getmail_pop3,
    "getmail6-imap": getmail_imap,
    "mpop": mpop,
    "neomutt": neomutt,
    "imaplib": python_imaplib,
    "poplib": python_poplib,
}
STATELESS = {"curl-imap", "curl-imaps", "curl-pop3", "curl-pop3s"}
