// Loaded before the command: stops it at one of its calls to the file system that use a path or a descriptor within the
// folder of its files. Every such call is one system call, or begins with one.
//
// KES_TEST_FOLDER  the folder
// KES_TEST_CALL    the call: its number, from 1, among those that its signal counts; or its name; or `name:part`, its name and a
//                  part of its path; or its path; or `exit`, the end of the process. The name of the call is written to descriptor 3
// KES_TEST_SIGNAL  SIGKILL or SIGSTOP before the call; `half`: half of the write, then SIGKILL; EIO: the call fails
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const folder = process.env['KES_TEST_FOLDER'];
const target = process.env['KES_TEST_CALL'];
const signal = process.env['KES_TEST_SIGNAL'] ?? 'SIGKILL';
const { writeSync } = fs;
/** Descriptors of files in the folder. */
const ours = new Set();
let calls = 0;
let isDone = false;

/** Killed before one of these, a run leaves what it leaves before its next call that changes something, or at its end. */
const changesNothing =
  /^(?:access|close|exists|f?stat|f(?:data)?sync|lstat|opendir|read(?:File|dir|link)?|realpath)Sync$/;

function isCounted(name, flags = 'r') {
  if (signal === 'half') return name === 'writeSync';
  // Nothing is done before the first call, also not at a socket.
  if (calls === 0) return true;
  const { O_WRONLY, O_RDWR, O_CREAT } = fs.constants;
  if (name === 'openSync' && typeof flags === 'number')
    return (flags & (O_WRONLY | O_RDWR | O_CREAT)) !== 0;
  if (name === 'openSync') return flags !== 'r';
  return !changesNothing.test(name) || (signal === 'EIO' && name === 'fsyncSync');
}

function isCall(name, first) {
  const [wanted, part = ''] = target.split(':');
  return wanted === name && String(first).includes(part);
}

function watch(name) {
  const real = fs[name];
  fs[name] = (...args) => {
    // A symbolic link is made at its second argument.
    const first = args[name === 'symlinkSync' ? 1 : 0];
    // Calls on modules and on /proc differ from run to run.
    const isOurs = ours.has(first) || (typeof first === 'string' && first.startsWith(folder));
    if (!isOurs) return real.apply(fs, args);
    const counts = isCounted(name, args[1]);
    if (counts) calls += 1;
    const isIt = (counts && target === String(calls)) || isCall(name, first) || target === first;
    if (isDone || !isIt) {
      const result = real.apply(fs, args);
      if (name === 'openSync') ours.add(result);
      if (name === 'closeSync') ours.delete(first);
      return result;
    }
    isDone = true;
    writeSync(3, name);
    if (signal === 'EIO')
      throw Object.assign(new Error('EIO: refused by the test'), { code: 'EIO' });
    if (signal === 'half' && name === 'writeSync') {
      const [fd, bytes, offset = 0, length = bytes.byteLength - offset, position] = args;
      writeSync(fd, bytes, offset, Math.floor(length / 2), position);
    }
    process.kill(process.pid, signal === 'half' ? 'SIGKILL' : signal);
    return real.apply(fs, args);
  };
}

for (const name of Object.keys(fs)) if (name.endsWith('Sync')) watch(name);
syncBuiltinESMExports();

if (target === 'exit') process.on('exit', () => process.kill(process.pid, signal));
