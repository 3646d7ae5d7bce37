"""Tells Colophon which files this interpreter opens: one line, by one write(2), for each file and each way of opening it.

It stands first on PYTHONPATH while a command is observed, and steps aside for the sitecustomize that would have been found
without it. The standard library only, in words that any Python can read; without audit hooks (before 3.8) it does nothing.
It prints nothing, and whatever goes wrong in here never becomes the program's problem.
"""
import os
import sys


def _observe(spool):
    from itertools import count
    from time import time_ns

    # What the program may replace later is taken now.
    open_, write, close, stat, fstat = os.open, os.write, os.close, os.stat, os.fstat
    getcwd, getpid, readlink, fsencode = os.getcwdb, os.getpid, os.readlink, os.fsencode
    # Opened for each line: a descriptor kept open might be closed by the program, and be another file's when we write.
    appending = os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
    lost = spool + ".lost"
    leaving = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    variable = "COLOPHON_OBSERVE"
    most_files, most_bytes = 50000, 256 << 20
    bits = {b"r": 1, b"w": 2, b"b": 3, b"q": 4, b"d": 8}
    version = (b"python", ("%d.%d.%d" % sys.version_info[:3]).encode())

    def called():
        # What was started: the interpreter, and the script where a first line led to it.
        try:
            with open("/proc/self/cmdline", "rb") as words:
                first, second = (words.read(4096).split(b"\0") + [b""])[:2]
        except OSError:
            return ()
        return tuple(one.rsplit(b"/", 1)[-1] for one in (first, second) if one[:1] != b"-")

    names = called()

    class State:
        pid = 0
        off = False
        key = b""
        numbers = count()
        seen = {}
        started = set()

    def begin(pid):
        # A fork inherits all this, and is a process of its own.
        State.pid, State.key, State.numbers = pid, b"%d.%x" % (pid, time_ns() & 0xFFFFFFFF), count()
        State.seen, State.started = {}, set()
        say(b"S", *(version + names))

    def say(tag, *fields):
        number = next(State.numbers)
        escaped = [one.replace(b"%", b"%25").replace(b"\n", b"%0A").replace(b"\t", b"%09") for one in fields]
        line = b"\n" + b"\t".join([tag, State.key, b"%d" % number] + escaped) + b"\n"
        try:
            descriptor = open_(spool, appending)
            try:
                complete = write(descriptor, line) == len(line)
                full = number & 63 == 63 and fstat(descriptor).st_size > most_bytes
            finally:
                close(descriptor)
        except FileNotFoundError as error:
            if not is_ours(error):
                raise
            # The run is over, and nobody reads any more.
            State.off = True
            return
        except OSError as error:
            if not is_ours(error):
                raise
            complete = full = False
        if full:
            State.off = True
        if full or not complete:
            try:
                close(open_(lost, leaving, 0o600))
            except OSError as error:
                if not is_ours(error):
                    raise

    def absolute(path, folder=-1):
        path = fsencode(path)
        if path[:1] == b"/":
            return path
        inside = type(folder) is int and folder >= 0
        return (readlink(b"/proc/self/fd/%d" % folder) if inside else getcwd()) + b"/" + path

    def tell(way, path, folder=-1):
        if State.off or type(path) is int:
            return
        pid = getpid()
        if pid != State.pid:
            begin(pid)
        path = absolute(path, folder)
        known, bit = State.seen.get(path, 0), bits[way]
        if known & bit == bit:
            return
        try:
            found = stat(path)
        except OSError as error:
            if not is_ours(error):
                raise
            if way in b"rd":
                return
            kind, size, time = b"-", b"", b""
        else:
            form = found.st_mode & 0o170000
            if form == 0o040000:
                return
            kind = b"f" if form == 0o100000 else b"o"
            size, time = b"%d" % found.st_size, b"%d" % found.st_mtime_ns
        if len(State.seen) >= most_files:
            State.off = True
            say(b"C", b"files")
            return
        State.seen[path] = 0 if way == b"d" else known | bit
        say(b"F", way, kind, size, time, path)

    def rename(source, target, source_folder, target_folder):
        if State.off:
            return
        if getpid() != State.pid:
            begin(getpid())
        source, target = absolute(source, source_folder), absolute(target, target_folder)
        for path in (source, target):
            State.seen.pop(path, None)
        say(b"M", source, target)

    def start(program, words, env):
        if State.off:
            return
        if getpid() != State.pid:
            begin(getpid())
        name = fsencode(program).rsplit(b"/", 1)[-1]
        how = b"seen"
        if type(env) is dict and variable not in env and variable.encode() not in env:
            how = b"cleared"
        elif name.startswith(b"python") and isolated(words):
            how = b"isolated"
        if (name, how) not in State.started and len(State.started) < 200:
            State.started.add((name, how))
            say(b"X", how, name)

    def isolated(words):
        for word in list(words)[1:] if type(words) in (list, tuple) else ():
            word = fsencode(word)
            if word[:1] != b"-" or word in (b"-", b"-c", b"-m", b"-W", b"-X"):
                return False
            if word[1:2] != b"-" and any(flag in word for flag in (b"I", b"E", b"S")):
                return True
        return False

    def opened(path, mode, flags):
        if path is spool or path is lost:
            return
        access = flags & 3
        if flags == 0 and type(mode) is str and mode[:1] in "wax":
            access = 1
        tell(b"r" if access == 0 else b"w" if access == 1 or flags & os_trunc else b"b", path)

    os_trunc = os.O_TRUNC
    kept_in_memory = ("", ":memory:", b"", b":memory:")
    heard = {
        "open": opened,
        "cpython.run_file": lambda path: tell(b"r", path),
        "import": lambda name, path, *_: tell(b"r", path) if path else None,
        "sqlite3.connect": lambda path, *_: tell(b"q", path) if path not in kept_in_memory else None,
        "os.rename": rename,
        "os.remove": lambda path, folder: tell(b"d", path, folder),
        "os.truncate": lambda path, length: tell(b"w", path),
        "os.link": lambda source, target, _, folder: tell(b"w", target, folder),
        "os.symlink": lambda source, target, folder: tell(b"w", target, folder),
        "subprocess.Popen": lambda program, words, cwd, env: start(program, words, env),
        "os.posix_spawn": start,
        "os.exec": start,
        "os.system": lambda command: start("sh", (), None),
    }

    def hook(event, args):
        hear = heard.get(event)
        if hear is None:
            return
        try:
            hear(*args)
        except (OSError, ValueError, TypeError, AttributeError, KeyError, MemoryError) as error:
            if not is_ours(error):
                raise

    # A signal handler of the program's runs wherever Python happens to be, in here too, and may raise what it likes.
    codes = {
        one.__code__
        for one in (hook, begin, say, absolute, tell, rename, start, isolated, opened, fsencode)
        + tuple(hear for hear in heard.values())
    }

    def is_ours(error):
        place = error.__traceback__
        while place.tb_next is not None:
            place = place.tb_next
        return place.tb_frame.f_code in codes

    begin(getpid())
    sys.addaudithook(hook)


def _step_aside():
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [path for path in sys.path if path != here and os.path.abspath(path or ".") != here]
    sys.path_importer_cache.pop(here, None)
    sys.modules.pop("sitecustomize", None)


if hasattr(sys, "addaudithook") and os.environ.get("COLOPHON_OBSERVE"):
    try:
        _observe(os.environ["COLOPHON_OBSERVE"])
    except Exception:
        pass
_step_aside()
# The one that comes next on the path, or the ImportError that Python expects where there is none.
import sitecustomize  # noqa
