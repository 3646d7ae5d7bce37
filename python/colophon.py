"""Says to the run that Colophon records what a training script knows: metrics, parameters, tags, artifacts.

    import colophon

    colophon.params(lr=3e-4)
    for step, loss in enumerate(train()):
        colophon.log(loss=loss, step=step)
    colophon.artifact("model", "model.bin")

Under `colophon run -- python train.py` this module is found by itself. It is one file without dependencies, so a copy of it may lie
beside a script. Outside of a run every call is checked and does nothing, unless `write_to` named a folder.

What a call returned True for survives the death of the process; with `durable=True` also a power cut. A call that cannot be kept,
as on a full disk, returns False; stderr hears of the first, and at the end of how many. Nothing raises: a wrong call returns False too,
stderr is told what was wrong, and the run's record counts it by its line.
"""

import atexit
import functools
import io
import json
import math
import os
import re
import stat
import sys
import threading
import time

__all__ = ["artifact", "figure", "in_run", "log", "params", "summary", "tag", "write_to"]

_LONGEST_LINE = 1024 * 1024
_LONGEST_NAME = 1000
_LARGEST = sys.float_info.max
_FORKS_ARE_HEARD = hasattr(os, "register_at_fork")
_CONTROL = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def _harmless(call):
    """What is wrong with a call is no reason to end a training that has run for hours."""

    @functools.wraps(call)
    def harmless(*words, **named):
        try:
            return call(*words, **named)
        except Exception as error:  # pylint: disable=broad-except
            return _refuse(_reports, call.__name__, error)

    return harmless


def log(metrics=None, step=None, durable=False, **named):
    """Keeps what some metrics are now: `log(loss=0.3, step=12)` or `log({"val/loss": 0.3}, step=12)`.

    Values are numbers, or what gives one by `float()` or `.item()`, as scalars of numpy and torch do. NaN and infinities are kept.
    Steps may repeat, go back, or be left out: every point is kept.
    """
    try:
        members = ""
        for name, value in (named if metrics is None else _merged("log", metrics, named)).items():
            is_plain = type(value) is float and -_LARGEST < value < _LARGEST
            members += "," + (_quotes.get(name) or _quoted(name)) + (repr(value) if is_plain else _number(name, value))
        is_plain = type(step) is int and -(2**53) < step < 2**53
        at = "null" if step is None else repr(step) if is_plain else _step(step)
        return _metrics.add(f'{{"step":{at},"time":"{_now()}","metrics":{{{members[1:]}}}}}\n', durable)
    except Exception as error:  # pylint: disable=broad-except
        return _refuse(_metrics, "log", error)


@_harmless
def params(values=None, **named):
    """Reports parameters that only the program knows: `params(lr=3e-4)`, `params(vars(args))`."""
    return _report("params", {name: _plain(value) for name, value in _named("params", values, named)})


@_harmless
def summary(values=None, **named):
    """Reports what came out, in the program's own words: `summary(best_epoch=7)`. The last word on a name counts."""
    return _report("summary", {name: _plain(value) for name, value in _named("summary", values, named)})


@_harmless
def tag(*tags):
    """Gives the run tags: `tag("baseline", "seed 42")`."""
    for word in tags:
        _check_name(word, "a tag")
        if word != word.strip() or len(word) > 100:
            raise ValueError("a tag has 1 to 100 characters, without space around them: %r" % word[:110])
    return _report("tags", list(tags))


@_harmless
def artifact(name, path):
    """Has a file or folder kept with the run when the run ends, as it is then."""
    if not isinstance(name, str):
        raise TypeError("the name of an artifact must be a str, not %s" % type(name).__name__)
    if re.match(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z", name) is None:
        raise ValueError("an artifact is named with letters, digits, '.', '_' and '-': %r" % name[:110])
    return _report("artifact", {"name": name, "path": os.path.abspath(os.fspath(path))})


@_harmless
def figure(name, rows, rendering=None, before=None, accept=False, **fields):
    """Has a figure recorded when the run ends: what it draws, what it is made from, and, if given, its drawing.

        colophon.figure("loss_by_site", [{"site": "A", "kg": 3.5, "source_ids": []}], rendering=fig, type="table", title="Loss",
                        tables=[{"path": "data/sites.csv"}], sources=[], invariance={"table": "data/sites.csv", ...}, ...)

    `rows` are the drawn rows, dicts or a data frame, or a dict with them under "data". The fields are those of a specification of
    `colophon figure record`, with paths relative to the project or whole. A drawing is a path, or what has a `savefig`, as figures of
    matplotlib do. `before` are the rows before aggregation, in place of a table. What does not fit is not recorded, and the run says why;
    a figure of that name that differs is written over only with `accept=True`.
    """
    if not isinstance(name, str) or re.match(r"^[a-z0-9][a-z0-9_-]{0,63}\Z", name) is None:
        raise ValueError("a figure is named with 1 to 64 of a-z, 0-9, '_' and '-': %r" % (name,))
    payload = rows if hasattr(rows, "items") and "data" in rows and not hasattr(rows, "columns") else {"data": _rows(rows)}
    request = {
        "figure_request_version": 1,
        "spec": {"name": name, **{field: _drawn(value) for field, value in fields.items()}},
        "payload": _drawn(payload),
        "accept": bool(accept),
    }
    if before is not None:
        request["before"] = _drawn(_rows(before))
    drawings = [] if rendering is None else list(rendering) if isinstance(rendering, (list, tuple)) else [rendering]
    for drawing in drawings:
        if not hasattr(drawing, "savefig"):
            os.fspath(drawing)
    if sum(hasattr(drawing, "savefig") for drawing in drawings) > 1:
        raise ValueError("of the drawings of a figure, one may be given as it is; save the others, and give their paths")
    if _figures is None:
        return False
    try:
        os.makedirs(_figures, mode=0o700, exist_ok=True)
        request["renderings"] = [_saved(name, drawing) for drawing in drawings]
        _put(name + ".json", json.dumps(request, ensure_ascii=False, allow_nan=False).encode())
        return True
    except OSError as error:
        _warn("the figure %s is not kept in %s: %s; the program goes on" % (name, _figures, error.strerror))
        return False


def in_run():
    """Whether what is said here is recorded anywhere."""
    return _metrics.path is not None


def write_to(folder):
    """Records into this folder, which is made, instead of the run's: for scripts that are started without Colophon."""
    folder = os.path.abspath(os.fspath(folder))
    os.makedirs(folder, exist_ok=True)
    _metrics.open_at(os.path.join(folder, "metrics.jsonl"))
    _reports.open_at(os.path.join(folder, "reported.jsonl"))


def _rows(rows):
    # Data frames of pandas and of polars.
    if hasattr(rows, "columns"):
        rows = rows.to_dicts() if hasattr(rows, "to_dicts") else rows.to_dict("records")
    return list(rows)


def _drawn(value):
    """As JSON can hold it, with every number a number: what is drawn is summed up."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if hasattr(value, "items"):
        return {str(name): _drawn(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_drawn(inner) for inner in (sorted(value) if isinstance(value, (set, frozenset)) else value)]
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if hasattr(value, "tolist"):
        return _drawn(value.tolist())
    try:
        number = _float("a figure's value", value)
    except TypeError:
        return str(value)
    if not math.isfinite(number):
        raise ValueError("a figure draws finite numbers, not %r" % number)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _saved(name, drawing):
    if not hasattr(drawing, "savefig"):
        return os.path.abspath(os.fspath(drawing))
    buffer = io.BytesIO()
    drawing.savefig(buffer, format="png")
    return _put(name + ".png", buffer.getvalue())


def _put(name, content):
    """A file in the folder of figures, whole from the moment on that it is there."""
    path = os.path.join(_figures, name)
    beside = "%s.%d.%d.tmp" % (path, os.getpid(), threading.get_ident())
    with open(beside, "wb", opener=lambda place, flags: os.open(place, flags, 0o600)) as file:
        file.write(content)
    os.replace(beside, path)
    return path


class _Journal:
    """Adds lines to a file, one write(2) each, from any thread, and from any process that is forked from this one."""

    def __init__(self, what):
        self.path = None
        self._what = what
        self._lost = 0
        self._refused = {}
        self._reset()

    def open_at(self, path):
        with self._lock:
            self.path = path
            self._descriptor = None

    def add(self, text, durable=False):
        if self.path is None:
            return False
        line = text.encode()
        if len(line) > _LONGEST_LINE:
            raise ValueError("what is said in one call must fit %d bytes" % _LONGEST_LINE)
        try:
            with self._lock:
                self._write(line)
                if durable:
                    os.fsync(self._descriptor)
            return True
        except OSError as error:
            self._lose(error)
            return False

    def refuse(self, call, words):
        self._refused[call] = self._refused.get(call, 0) + 1
        if self._refused[call] == 1:
            _warn("%s; the program goes on" % words)
        self.add(json.dumps({"refused": words[:1000]}) + "\n")

    def _write(self, line):
        # A process that was forked, as by a daemon, may have closed all files, and others may have their numbers by now.
        if self._descriptor is None or (not _FORKS_ARE_HEARD and self._process != os.getpid()):
            self._open()
        first = b"\n" + line if self._torn else line
        self._torn = os.write(self._descriptor, first) != len(first)
        if self._torn:
            # A part is on disk, and others may have added their lines behind it: it stays, torn, and the whole line follows.
            if os.write(self._descriptor, b"\n" + line) != len(line) + 1:
                raise OSError(28, "no space left")
            self._torn = False

    def _open(self):
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        descriptor = os.open(self.path, flags, self._mode())
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            os.close(descriptor)
            raise OSError(22, "no regular file")
        self._torn = status.st_size > 0 and os.pread(descriptor, 1, status.st_size - 1) != b"\n"
        self._descriptor, self._process = descriptor, os.getpid()

    def _mode(self):
        # Reports may hold what is searched for secrets only when the run ends.
        return 0o666 if self._what == "metrics" else 0o600

    def _lose(self, error):
        self._lost += 1
        if self._lost == 1:
            _warn("%s are not kept in %s: %s; the program goes on" % (self._what, self.path, error.strerror))

    def _reset(self):
        # Handlers of signals may log too, while the same thread does.
        self._lock = threading.RLock()
        self._descriptor = None
        self._process = None
        self._torn = False

    def _forked(self):
        # Another thread may have held the lock, and holds it for ever here.
        self._reset()
        self._lost = 0
        self._refused = {}

    def _close(self):
        if self._lost > 1:
            _warn("%d calls were not kept in %s" % (self._lost, self.path))
        for call, count in self._refused.items():
            if count > 1:
                _warn("%d calls of %s were wrong" % (count, call))


def _refuse(journal, call, error):
    """The line stands where the call's own would: whoever reads the journal counts it, and says which it is."""
    journal.refuse(call, "%s: %s" % (call, error))
    return False


def _warn(words):
    try:
        sys.stderr.write("colophon: %s\n" % words)
    except Exception:  # pylint: disable=broad-except
        pass  # Nobody listens there.


def _report(kind, content):
    line = json.dumps({"time": _now(), kind: content}, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _reports.add(line + "\n")


def _merged(call, values, named):
    if values is None:
        return named
    if not hasattr(values, "items"):
        raise TypeError("%s takes a dict or keywords, not %s" % (call, type(values).__name__))
    return {**dict(values.items()), **named} if named else values


def _named(call, values, named):
    # What argparse gives.
    if values is not None and not hasattr(values, "items") and hasattr(values, "__dict__"):
        values = vars(values)
    for name, value in _merged(call, values, named).items():
        _check_name(name, "a name")
        yield name, value


_quotes = {}


def _quoted(name):
    _check_name(name, "the name of a metric")
    # Names that are made up at each step must not fill the memory.
    if len(_quotes) > 10000:
        _quotes.clear()
    quoted = _quotes[name] = json.dumps(name, ensure_ascii=False) + ":"
    return quoted


def _check_name(name, what):
    if not isinstance(name, str):
        raise TypeError("%s must be a str, not %s" % (what, type(name).__name__))
    if name == "" or len(name) > _LONGEST_NAME or _CONTROL.search(name):
        form = "1 to %d characters, none of them a control character" % _LONGEST_NAME
        raise ValueError("%s has %s: %r" % (what, form, name[:80]))
    if name == "__proto__":
        raise ValueError("%s is not __proto__, which no document of a run may hold" % what)


def _number(name, value):
    if type(value) is int and -(2**53) < value < 2**53:
        return repr(value)
    value = _float(name, value)
    if math.isfinite(value):
        return repr(value)
    return '"NaN"' if value != value else '"Infinity"' if value > 0 else '"-Infinity"'


def _float(name, value):
    if not isinstance(value, (str, bytes, bytearray)):
        try:
            return float(value)
        except OverflowError:
            raise ValueError("%s is beyond the largest double" % name) from None
        except (TypeError, ValueError, RuntimeError):
            pass
        try:
            return float(value.item())
        except Exception:  # pylint: disable=broad-except
            pass  # Whatever a foreign scalar raises, it is no number.
    raise TypeError("%s must be a number, not %s" % (name, type(value).__name__))


def _step(step):
    at = _float("step", step)
    if not abs(at) < 2**53:
        raise ValueError("a step is a number of at most 2^53 - 1, not %r" % (step,))
    return repr(int(at) if at.is_integer() else at)


def _plain(value, depth=0):
    """As JSON can hold it; what it cannot, by its words."""
    if value is None or isinstance(value, (bool, str)):
        return value if not isinstance(value, str) else value.encode("utf-8", "replace").decode()
    if isinstance(value, int):
        return int(value) if abs(value) < 2**53 else str(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else json.loads(_number("a value", value))
    if depth < 20 and hasattr(value, "items"):
        return {str(name): _plain(inner, depth + 1) for name, inner in value.items()}
    if depth < 20 and isinstance(value, (list, tuple)):
        return [_plain(inner, depth + 1) for inner in value]
    if hasattr(value, "item"):
        try:
            return _plain(value.item(), depth + 20)
        except Exception:  # pylint: disable=broad-except
            pass  # An array of several, say.
    return str(value).encode("utf-8", "replace").decode()


_moment = (None, "")


def _now():
    global _moment
    now = int(time.time() * 1000)
    known, text = _moment
    if known != now:
        whole, rest = divmod(now, 1000)
        # The same second as before has the same beginning.
        is_same = known is not None and known // 1000 == whole
        begin = text[:19] if is_same else time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole))
        text = "%s.%03dZ" % (begin, rest)
        _moment = (now, text)
    return text


def _rank():
    """The place of this process in its job; 0 for the one that writes the run."""
    for place, size in (
        ("RANK", "WORLD_SIZE"),
        ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),
        ("PMI_RANK", "PMI_SIZE"),
        ("SLURM_PROCID", "SLURM_NTASKS"),
    ):
        words = os.environ.get(place, ""), os.environ.get(size, "")
        if all(re.match(r"[0-9]{1,9}\Z", word) for word in words) and int(words[0]) < int(words[1]):
            return int(words[0])
    return 0


def _begin():
    global _figures
    path = os.environ.get("COLOPHON_METRICS", "")
    if path == "":
        return
    folder, name = os.path.split(path)
    rank = _rank()
    # Processes of one job need not share a file, which on some network drives they cannot.
    reports = "reported.%d.jsonl" % rank if rank > 0 else "reported.jsonl"
    if rank > 0 and name == "metrics.jsonl":
        name = "metrics.%d.jsonl" % rank
    _metrics.path = os.path.join(folder, name)
    # A process of a job that did not find the run of the first one has a folder of its own, without logs in it.
    logs = os.path.join(folder, "logs")
    _reports.path = os.path.join(logs if os.path.isdir(logs) else folder, reports)
    _figures = os.path.join(logs, "figures") if os.path.isdir(logs) else None


_metrics = _Journal("metrics")
_reports = _Journal("reports")
# Whoever runs the command records them; where nobody does, they are not kept.
_figures = None


def _user_module():
    """A module of this name that the user has elsewhere, as one that is installed: it is meant, and takes this one's place."""
    from importlib.machinery import PathFinder

    try:
        here = os.path.dirname(os.path.realpath(__file__))
        others = [entry for entry in sys.path if os.path.realpath(entry or ".") != here]
        spec = PathFinder.find_spec("colophon", others)
        if spec is None or spec.loader is None or not spec.origin:
            return None
        with open(spec.origin, "rb") as file:
            return None if b"Says to the run that Colophon records" in file.read(200) else spec
    except Exception:  # pylint: disable=broad-except
        return None  # What cannot be looked at cannot be meant.


def _yield_to(spec):
    from importlib.util import module_from_spec

    module = module_from_spec(spec)
    sys.modules[__name__] = module
    spec.loader.exec_module(module)


_other = _user_module() if __name__ == "colophon" else None
if _other is not None:
    _yield_to(_other)
else:
    _begin()
    atexit.register(_metrics._close)
    atexit.register(_reports._close)
    if _FORKS_ARE_HEARD:
        os.register_at_fork(after_in_child=_metrics._forked)
        os.register_at_fork(after_in_child=_reports._forked)
