"""The attempts of the self-test as programs: what each tries stands in its title, with the weakest level that must hold it (by default "filtered").

Titles begin with "## ". An escape calls ``attempt(action)`` (see `menolab.sandbox.selftest`) on what must not work; a limit's title names the sign that
it held; a cheat pretends to be a function f(n) that returns n * n + 60013937.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

ESCAPES: Final = r"""
## read a file outside
attempt(lambda: open(folder + '/secret').read())

## read a file outside by descriptor
attempt(lambda: os.read(os.open(folder + '/secret', os.O_RDONLY), 99))

## read a file outside through C
def f():
  h = libc.open((folder + '/secret').encode(), 0)
  return None if h < 0 else os.read(h, 99)
attempt(f)

## read through a symbolic link
os.symlink(folder + '/secret', 'x')
attempt(lambda: open('x').read())

## read through a hard link
def f():
  os.link(folder + '/secret', 'x')
  return open('x').read()
attempt(f)

## read the account file
attempt(lambda: open('/etc/passwd').read())

## list folders outside
attempt(lambda: os.listdir(folder))
attempt(lambda: os.listdir('/home'))
attempt(lambda: os.listdir('/proc'))

## read the environment of others
for p in ('self', str(os.getppid()), '1'): attempt(lambda: open(f'/proc/{p}/environ','rb').read())

## read the memory of the parent
attempt(lambda: open(f'/proc/{os.getppid()}/mem', 'rb'))
attempt(lambda: open(f'/proc/self/mem', 'rb'))

## secrets in the environment [process]
attempt(lambda: set(os.environ) - {'PATH','HOME','TMPDIR','LANG','LC_CTYPE','PYTHONUTF8','PYTHONHASHSEED','OMP_NUM_THREADS'} or None)

## inherited descriptors [process]
def f():
  for h in range(3, 4096):
    try: os.fstat(h)
    except OSError: continue
    return h
attempt(f)

## write a file outside
attempt(lambda: open(folder + '/new', 'w').write('x'))
attempt(lambda: open(folder + '/victim', 'w').write('x'))

## write a file outside through C
def f():
  h = libc.open((folder + '/victim').encode(), 1)
  return None if h < 0 else os.write(h, b'x')
attempt(f)

## truncate a file outside
attempt(lambda: os.truncate(folder + '/victim', 0) or 1)
attempt(lambda: os.open(folder + '/victim', os.O_TRUNC))

## change modes and times outside
attempt(lambda: os.chmod(folder + '/victim', 0) or 1)
attempt(lambda: os.utime(folder + '/victim', (1, 1)) or 1)

## rename or remove outside
attempt(lambda: os.rename(folder + '/victim', 'x') or 1)
attempt(lambda: os.unlink(folder + '/victim') or 1)

## change a file of Python's library
attempt(lambda: open(os.__file__, 'a').write(' '))
attempt(lambda: os.fchmod(os.open(os.__file__, 0), 0o644) or 1)

## write to shared memory
attempt(lambda: open('/dev/shm/meno-escape', 'w').write('x'))

## speak TCP
import socket
attempt(lambda: socket.create_connection(('127.0.0.1', tcp), 1))

## speak UDP
import socket
attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', udp)))

## listen
import socket
def f():
  s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(); return s
attempt(f)

## speak to an abstract socket
import socket
def f():
  s = socket.socket(socket.AF_UNIX); s.connect('\0' + abstract); return s
attempt(f)

## send from a datagram pair to other sockets
import socket
for to in ('\0' + datagram, path_socket): attempt(lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].sendto(b'x', to))

## raw, packet and netlink sockets
import socket
for a in ((2, 3, 1), (17, 3, 3), (16, 3, 0), (38, 5, 0)): attempt(lambda: socket.socket(*a))

## run a shell
import posix
attempt(lambda: posix.system('echo x') == 0)
attempt(lambda: os.execv('/bin/sh', ['sh', '-c', 'echo ESCAPED']))

## start a process
import subprocess
attempt(lambda: subprocess.run(['/bin/true']).returncode == 0)
attempt(lambda: os.posix_spawn(sys.executable or '/bin/true', ['x'], {}))

## fork
attempt(lambda: os.fork() or os._exit(0))
attempt(lambda: __import__('posix').fork() or os._exit(0))

## fork by bare system call
x86 = os.uname().machine == 'x86_64'
def f():
  r = system(56 if x86 else 220, 17, 0, 0, 0, 0)
  if r == 0: os._exit(0)
  return r > 0
attempt(f)

## leave a daemon behind
def later():
  if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
      import time; time.sleep(0.02); open(folder + '/new', 'w'); os._exit(0)
    os._exit(0)
  return 1
attempt(later)

## signal the parent
attempt(lambda: os.kill(os.getppid() or 1, 0) or 1)
attempt(lambda: os.kill(1, 0) or 1)

## signal all
attempt(lambda: os.kill(-1, 0) or 1)
attempt(lambda: os.kill(0, 0) or 1)
attempt(lambda: os.killpg(os.getpgid(0), 0) or 1)

## hold another process
x86 = os.uname().machine == 'x86_64'
attempt(lambda: os.pidfd_open(os.getppid() or 1))
attempt(lambda: system(101 if x86 else 117, 16, os.getppid() or 1, 0, 0) == 0)

## read another process's memory
x86 = os.uname().machine == 'x86_64'
b = ctypes.create_string_buffer(64)
v = (ctypes.c_size_t * 2)(ctypes.addressof(b), 8)
r = (ctypes.c_size_t * 2)(id(b), 8)
attempt(lambda: system(310 if x86 else 270, os.getppid() or 1, v, 1, r, 1, 0) > 0)

## limits of another process
import resource
attempt(lambda: resource.prlimit(os.getppid() or 1, resource.RLIMIT_NOFILE))

## raise own limits [process]
import resource
attempt(lambda: resource.setrlimit(resource.RLIMIT_AS, (-1, -1)) or 1)
attempt(lambda: resource.setrlimit(resource.RLIMIT_CPU, (-1, -1)) or 1)

## new namespaces
attempt(lambda: libc.unshare(0x10000000) == 0)
attempt(lambda: libc.unshare(0x40000000) == 0)

## mount and change root
attempt(lambda: libc.mount(b'x', b'/tmp', b'tmpfs', 0, None) == 0)
attempt(lambda: os.chroot('.') or 1)

## become another user
attempt(lambda: os.setuid(0 if os.getuid() else 1) or 1)
attempt(lambda: os.setgid(0 if os.getgid() else 1) or 1)

## kernel interfaces (bpf, io_uring, userfaultfd, perf, keys, modules)
x86 = os.uname().machine == 'x86_64'
b = ctypes.create_string_buffer(256)
for n in ((321, 425, 323, 298, 250, 175, 246, 169) if x86 else (280, 425, 282, 241, 219, 105, 104, 142)):
  attempt(lambda: system(n, 0, b, 0, 0, 0) >= 0 or ctypes.get_errno() not in (1, 38))

## the x32 system calls
x86 = os.uname().machine == 'x86_64'
attempt(lambda: x86 and system(0x40000000 + 41, 2, 1, 0) >= 0)

## the terminal
attempt(lambda: os.open('/dev/tty', os.O_RDWR))

## memory, queues and semaphores that outlive the program
x86 = os.uname().machine == 'x86_64'
for n in ((29, 68, 64) if x86 else (194, 186, 190)): attempt(lambda: system(n, 60013, 4096 if n in (29, 194) else 0o1600, 0o1600, 0, 0) >= 0)
attempt(lambda: system(240 if x86 else 180, b'/meno-escape', 0o102, 0o600, None, 0) >= 0)

## open files by handle
x86 = os.uname().machine == 'x86_64'
b = ctypes.create_string_buffer(256)
attempt(lambda: system(304 if x86 else 265, -100, b, 0, 0, 0) >= 0 or ctypes.get_errno() != 1)

## files outside through the links of /proc
for p in ('self', 'thread-self', str(os.getppid())):
  attempt(lambda: open(f'/proc/{p}/root' + folder + '/secret').read())
  attempt(lambda: open(f'/proc/{p}/cwd/../../' + folder + '/secret').read())

## trace the parent
x86 = os.uname().machine == 'x86_64'
attempt(lambda: system(101 if x86 else 117, 16, os.getppid(), 0, 0, 0) == 0)

## slow down or move the parent
attempt(lambda: os.setpriority(os.PRIO_PROCESS, os.getppid() or 1, 19) or 1)
attempt(lambda: os.sched_setaffinity(os.getppid() or 1, [0]) or 1)

## devices and pipes with names
attempt(lambda: os.mknod('d', 0o20666, os.makedev(1, 3)) or 1)
attempt(lambda: os.open('/dev/kmsg', os.O_WRONLY))

## type into the terminal
import fcntl, termios
for h in (0, 1, 2): attempt(lambda: fcntl.ioctl(h, termios.TIOCSTI, b'x') is not None)

## the host's sockets by path
import socket
def f():
  for p in ('/run/docker.sock', '/var/run/docker.sock', '/dev/log', '/run/systemd/notify', path_socket):
    s = socket.socket(socket.AF_UNIX)
    try: s.connect(p)
    except OSError: continue
    return p
attempt(f)

## run a file from memory
def f():
  h = os.memfd_create('x', 0); os.write(h, b'#!/bin/sh\necho ESCAPED\n'); os.execve(h, ['x'], {})
attempt(f)
"""

LIMITS: Final = r"""
## endless loop [process: slow]
while True: pass

## endless loop that catches everything [process: slow]
while True:
  try:
    while True: pass
  except BaseException: pass

## signals ignored [process: slow]
import signal
for s in range(1, 65):
  try: signal.signal(s, signal.SIG_IGN)
  except (OSError, ValueError): pass
while True: pass

## endless sleep [process: slow]
import time
time.sleep(1e6)

## a thread left running [process: slow]
import threading
def f():
  while True: pass
threading.Thread(target=f).start()

## reading for ever [process: slow]
import os
r, w = os.pipe()
os.read(r, 1)

## memory [process: held]
try: x = bytearray(6 << 30); print('ESCAPED')
except MemoryError: print('held')

## shared memory [process: held]
import mmap
try: m = mmap.mmap(-1, 6 << 30); print('ESCAPED')
except (OSError, MemoryError): print('held')

## a large file [process: held]
try: open('f', 'wb').write(bytes(64 << 20)); print('ESCAPED')
except OSError: print('held')

## many files [contained: held]
try:
  for i in range(100): open(f'f{i}', 'wb').write(bytes(8 << 20))
  print('ESCAPED')
except OSError: print('held')

## many open files [process: held]
try:
  x = [open('/dev/null') for i in range(5000)]; print('ESCAPED')
except OSError: print('held')

## flood of output [process: cut]
import sys
for i in range(320): sys.stdout.write('x' * 65536)

## binary output [process: replaced]
import os
os.write(1, bytes(range(256)) * 9)

## deep recursion [process: trouble]
import sys
sys.setrecursionlimit(10**9)
def f(n): return f(n + 1) + 1
f(0)

## fork bomb [filtered: held]
import os
try:
  while True: os.fork()
except OSError: print('held')

## thread bomb [filtered: held]
import threading, time
try:
  for i in range(20000): threading.Thread(target=time.sleep, args=(9,), daemon=True).start()
  print('ESCAPED')
except RuntimeError: print('held')

## core dump [process: held]
import resource
print('held' if resource.getrlimit(resource.RLIMIT_CORE)[1] == 0 else 'ESCAPED')
"""

CHEATS: Final = r"""
## an object equal to everything
class E:
  def __eq__(s, o): return True
  def __ne__(s, o): return False
  def __hash__(s): return 0
  __lt__ = __le__ = __gt__ = __ge__ = __eq__
  def __abs__(s): return s
def f(n): return E()

## an int equal to everything
class E(int):
  def __eq__(s, o): return True
  def __ne__(s, o): return False
  def __hash__(s): return 0
  __lt__ = __le__ = __gt__ = __ge__ = __eq__
  def __abs__(s): return s
def f(n): return E()

## an object that says it is an int
class E:
  def __eq__(s, o): return True
  def __ne__(s, o): return False
  def __hash__(s): return 0
  __lt__ = __le__ = __gt__ = __ge__ = __eq__
  def __abs__(s): return s
E.__class__ = property(lambda s: int)
def f(n): return E()

## a mock
import unittest.mock
f = unittest.mock.MagicMock()

## a value that unpickles to something else
class P:
  def __reduce__(s): return (eval, ('60013946',))
def f(n): return P()

## exit while loading
import sys
sys.exit(0)

## hard exit while loading
import os
os._exit(0)

## hard exit when called
import os
def f(n): os._exit(0)

## raise SystemExit when called
def f(n): raise SystemExit(0)

## raise AssertionError
def f(n): raise AssertionError

## an exit handler that prints success
import atexit
atexit.register(lambda: print('passed', 60013946, flush=True))
raise SystemExit(0)

## printed success
print('60013946\npassed\nOK')
def f(n): print(60013946)

## replies written in advance
import json, struct, os
for i in range(20):
  b = json.dumps({'nonce': '', 'value': 60013946, 'changed': {}, 'names': ['x'], 'reasons': [None], 'fault': None}).encode()
  os.write(3, struct.pack('>I', len(b)) + b)
def f(n): return None

## a tally written in the tests' stead
import json, struct, os
b = json.dumps({'names': ['x'], 'reasons': [None], 'fault': None}).encode()
for h in range(3, 64):
  try: os.write(h, struct.pack('>I', len(b)) + b)
  except OSError: pass
def f(n): return None

## garbage on the channel
import os
os.write(3, b'\xff' * 5000)
def f(n): return None

## a closed channel
import os
os.close(3)
def f(n): return None

## the expected value in a caller's frame
import sys
def f(n):
  frame, found = sys._getframe(), []
  while frame:
    found += [v for v in list(frame.f_locals.values()) + list(frame.f_globals.values()) if type(v) is int]
    for v in frame.f_locals.values():
      if type(v) in (str, dict, list):
        found += [int(w) for w in ''.join(c if c.isdigit() else ' ' for c in str(v)).split() if len(w) == 8]
    frame = frame.f_back
  return next((v for v in found if v // 1000 == 60013 or v // 1000 == 60014), None)

## the tests among all objects in memory
import gc
def f(n):
  for o in gc.get_objects():
    for s in (o if type(o) in (list, tuple) else [o]):
      if type(s) is str and 'assert' in s and ('== 600' + '139') in s: return int(s.rpartition(' ')[2])

## the tests in a file
import os
def f(n):
  for d, _, names in os.walk('/'):
    if d.startswith(('/usr', '/lib')): continue
    for x in names:
      try:
        if ('f(3) == 600' + '139') in open(d + '/' + x).read(): return 60013946
      except Exception: pass

## built-ins replaced
import builtins
builtins.AssertionError = type('A', (BaseException,), {})
builtins.abs = lambda x: 60014037
builtins.isinstance = lambda *a: True
builtins.range = lambda *a: []
def f(n): return None

## modules replaced
import json, sys, time, types
json.dumps = lambda *a, **k: '{"value": 60013946}'
sys.modules['math'] = types.ModuleType('math')
time.time = lambda: 0
def f(n): return None

## the tests' own names replaced
def check(candidate): pass
def abs(x): return 60014037
class range:
  def __init__(s, n): pass
  def __iter__(s): return iter(())
def f(n): return None

## equality of int replaced through C
import ctypes
def f(n):
  ctypes.memset(id(60013946) + 24, 0, 4)
  return 5

## a float, a text and a list equal to everything
class E:
  def __eq__(s, o): return True
  def __ne__(s, o): return False
  def __hash__(s): return 0
  __lt__ = __le__ = __gt__ = __ge__ = __eq__
  def __abs__(s): return s
class F(E, float): pass
class S(E, str): pass
class L(E, list): pass
def f(n): return {0: F(1), 1: S('x')}.get(n % 3, L([1]))

## an object whose every attribute is a trick
class E:
  def __getattribute__(s, name): return s
  def __call__(s, *a, **k): return s
  def __iter__(s): return iter((60013946,))
  def __bool__(s): return True
  __index__ = __int__ = __float__ = lambda s: 60013946
def f(n): return E()

## equality given to the type itself
class M(type):
  def __eq__(s, o): return True
  def __instancecheck__(s, o): return True
  def __hash__(s): return 0
class E(metaclass=M): pass
def f(n): return E

## half a character
def f(n): return '\ud800\udfff' * 3

## a value that holds itself
def f(n):
  x = [60013946]; x.append(x); return x

## a coroutine
async def f(n): return 60013946

## a trace function that walks the caller
import sys
found = []
def spy(frame, event, arg):
  while frame:
    found.extend(v for v in frame.f_locals.values() if type(v) is int and v // 1000 in (60013, 60014)); frame = frame.f_back
  return spy
sys.settrace(spy); sys.setprofile(spy)
def f(n): return found[0] if found else None

## a thread that answers later
import json, os, struct, threading, time
def late():
  b = json.dumps({'nonce': '', 'value': 60013946, 'changed': {}}).encode()
  for i in range(40):
    time.sleep(0.005)
    for h in range(3, 9):
      try: os.write(h, struct.pack('>I', len(b)) + b)
      except OSError: pass
threading.Thread(target=late, daemon=True).start()
def f(n): return None

## all descriptors closed, then opened again
import os
os.closerange(0, 256)
for i in range(9): os.open('x', os.O_RDWR | os.O_CREAT)
def f(n): return 5

## the channel put over another
import os
for h in range(3, 16):
  try: os.dup2(1, h)
  except OSError: pass
print('60013946')
def f(n): return None

## an alarm's handler, an exit handler and a finaliser that print success
import atexit, signal
say = lambda *a: print('passed', 60013946, flush=True)
signal.signal(signal.SIGALRM, say); signal.setitimer(signal.ITIMER_REAL, 0.01); atexit.register(say)
class E:
  __del__ = say
def f(n): return E()

## unittest and the runner's modules replaced
import sys, types, unittest
unittest.TestCase.assertEqual = lambda *a, **k: None
for name, module in list(sys.modules.items()):
  for key, value in list(vars(module).items()) if 'wire' in name or 'zygote' in name or 'tester' in name else ():
    if callable(value):
      try: setattr(module, key, lambda *a, **k: 60013946)
      except Exception: pass
def f(n): return None

## a module beside the tests
for name in ('sitecustomize', 'usercustomize', 'math', 'typing'): open(name + '.py', 'w').write('import builtins\nbuiltins.abs = lambda x: 60014037\n')
def f(n): return None

## infinity and a huge number
def f(n): return float('inf') if n == 3 else 10 ** 5000

## endless iterator
import itertools
def f(n): return itertools.count()

## not a number
def f(n): return float('nan')

## crash
import ctypes
def f(n): ctypes.string_at(0)

## no answer
def f(n):
  while True: pass
"""


class Attempt(NamedTuple):
    """One program, its title, and what stands in brackets after it."""

    name: str
    least: str
    sign: str
    code: str


def read(text: str, least: str) -> list[Attempt]:
    """The attempts that `text` lists; `least` is the level of those that name none."""
    found = []
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        title, _, code = part.partition("\n")
        match = re.fullmatch(r"(.*?)(?: \[(\w+)(?:: (\w+))?\])?", title)
        assert match is not None
        found.append(Attempt(match[1], match[2] or least, match[3] or "", code))
    return found
