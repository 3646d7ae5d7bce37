"""A terminal of its own for a command: runs it, types, and prints what the screen got and how the command ended, as JSON.

Takes a JSON object: words, env, steps. A step is ["wait", text], ["type", text], ["pause", seconds] or ["close"].
"""
import fcntl, json, os, select, signal, struct, sys, termios, time

request = json.loads(sys.argv[1])
master, slave = os.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 101, 0, 0))
pid = os.fork()
if pid == 0:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for descriptor in (0, 1, 2):
        os.dup2(slave, descriptor)
    os.closerange(3, 256)
    os.execvpe(request["words"][0], request["words"], request["env"])
os.close(slave)
screen = b""
seen = 0


def read(seconds):
    global screen
    if not select.select([master], [], [], seconds)[0]:
        return True
    try:
        part = os.read(master, 65536)
    except OSError:
        return False
    screen += part
    return bool(part)


for step in request["steps"]:
    if step[0] == "wait":
        deadline = time.monotonic() + 20
        while screen.find(step[1].encode(), seen) < 0 and time.monotonic() < deadline:
            if not read(0.1):
                break
        seen = max(screen.find(step[1].encode(), seen), 0) + len(step[1])
    elif step[0] == "type":
        os.write(master, step[1].encode("latin1"))
    elif step[0] == "pause":
        end = time.monotonic() + step[1]
        while time.monotonic() < end and read(0.02):
            pass
    elif step[0] == "close":
        os.close(master)
        break
else:
    end = time.monotonic() + 30
    while time.monotonic() < end and read(0.5):
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) and not select.select([master], [], [], 0.1)[0]:
            break
_, status = os.waitpid(pid, 0)
json.dump(
    {
        "screen": screen.decode("latin1"),
        "status": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
        "signal": signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else None,
    },
    sys.stdout,
)
