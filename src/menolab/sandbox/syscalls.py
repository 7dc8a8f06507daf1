"""System calls by number, and which of them a program may make.

An allow-list: a call that is not here fails with "operation not permitted", so a call that a future kernel adds is closed until someone opens it.
Changing the mode or the times of a file is not here, since Landlock does not look at it.
Numbers are the kernel's ABI and never change (asm/unistd_64.h, asm-generic/unistd.h).
"""

from __future__ import annotations

from typing import Final

ARCHITECTURES: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""Machine name -> AUDIT_ARCH value that seccomp reports."""

_HARMLESS = """
read:0:63  write:1:64  open:2:-  close:3:57  stat:4:-  fstat:5:80  lstat:6:-  poll:7:-  lseek:8:62  mmap:9:222  mprotect:10:226  munmap:11:215
brk:12:214  rt_sigaction:13:134  rt_sigprocmask:14:135  rt_sigreturn:15:139  ioctl:16:29  pread64:17:67  pwrite64:18:68  readv:19:65  writev:20:66
access:21:-  pipe:22:-  select:23:-  sched_yield:24:124  mremap:25:216  msync:26:227  madvise:28:233  dup:32:23  dup2:33:-  pause:34:-
nanosleep:35:101  getitimer:36:102  alarm:37:-  setitimer:38:103  getpid:39:172  sendfile:40:71  shutdown:48:210  exit:60:93
wait4:61:260  uname:63:160  fcntl:72:25  flock:73:32  fsync:74:82  fdatasync:75:83  truncate:76:45  ftruncate:77:46  getdents:78:-  getcwd:79:17
chdir:80:49  fchdir:81:50  rename:82:-  mkdir:83:-  rmdir:84:-  creat:85:-  link:86:-  unlink:87:-  symlink:88:-  readlink:89:-
umask:95:166  gettimeofday:96:169  getrlimit:97:163  getrusage:98:165  sysinfo:99:179  times:100:153  getuid:102:174  getgid:104:176
geteuid:107:175  getegid:108:177  getppid:110:173  getpgrp:111:-  getresuid:118:148  getresgid:120:150  getpgid:121:155  getsid:124:156  capget:125:90
rt_sigpending:127:136  rt_sigtimedwait:128:137  rt_sigsuspend:130:133  sigaltstack:131:132  statfs:137:43  fstatfs:138:44
getpriority:140:141  sched_getparam:143:121  sched_getscheduler:145:120  sched_get_priority_max:146:125  sched_get_priority_min:147:126
arch_prctl:158:-  gettid:186:178  futex:202:98  sched_getaffinity:204:123  epoll_create:213:-  getdents64:217:61  set_tid_address:218:96
restart_syscall:219:128  fadvise64:221:223  timer_create:222:107  timer_settime:223:110  timer_gettime:224:108  timer_getoverrun:225:109
timer_delete:226:111  clock_gettime:228:113  clock_getres:229:114  clock_nanosleep:230:115  exit_group:231:94  epoll_wait:232:-  epoll_ctl:233:21
waitid:247:95  openat:257:56  mkdirat:258:34  newfstatat:262:79  unlinkat:263:35  renameat:264:38  linkat:265:37  symlinkat:266:36
readlinkat:267:78  faccessat:269:48  pselect6:270:72  ppoll:271:73  set_robust_list:273:99  get_robust_list:274:100
epoll_pwait:281:22  timerfd_create:283:85  eventfd:284:-  fallocate:285:47  timerfd_settime:286:86  timerfd_gettime:287:87  eventfd2:290:19
epoll_create1:291:20  dup3:292:24  pipe2:293:59  preadv:295:69  pwritev:296:70  getcpu:309:168  renameat2:316:276  getrandom:318:278
memfd_create:319:279  membarrier:324:283  copy_file_range:326:285  preadv2:327:286  pwritev2:328:287  pkey_mprotect:329:288  pkey_alloc:330:289
pkey_free:331:290  statx:332:291  rseq:334:293  close_range:436:436  faccessat2:439:439  epoll_pwait2:441:441  openat2:437:437  futex_waitv:449:449
sendto:44:206  recvfrom:45:207  sendmsg:46:211  recvmsg:47:212  getsockname:51:204  getpeername:52:205  getsockopt:55:209  setsockopt:54:208
"""
"""Files within what Landlock leaves open, memory, time, threads' locks, pipes and pairs of connected sockets. name:x86_64:aarch64."""

_CONDITIONAL = """
clone:56:220  fork:57:-  vfork:58:-  clone3:435:435  execve:59:221  execveat:322:281  kill:62:129  tgkill:234:131  prlimit64:302:261  setpgid:109:154
setsid:112:157  socketpair:53:199
"""
"""Allowed in part or on request: see `menolab.sandbox.seccomp`."""


def _numbers(text: str, machine: str) -> dict[str, int]:
    column = 1 + list(ARCHITECTURES).index(machine)
    rows = [entry.split(":") for entry in text.split()]
    return {row[0]: int(row[column]) for row in rows if row[column] != "-"}


def harmless(machine: str) -> dict[str, int]:
    """Calls that are always allowed, by name."""
    return _numbers(_HARMLESS, machine)


def conditional(machine: str) -> dict[str, int]:
    """Calls whose arguments decide, or that only some programs may make."""
    return _numbers(_CONDITIONAL, machine)


NEWEST: Final = 450
"""Calls above this number answer "no such call", on which C libraries fall back to an older one."""
