// Loaded before the command: stops it at one of its calls to the file system, counted from the first that touches the
// folder of its files, without those that load modules. Every such call is one system call, or begins with one.
//
// KES_TEST_FOLDER  the folder
// KES_TEST_CALL    which call: from 1; or its name; or the path that it is about; or `exit`, the end of the process.
//                  The name of the call is written to descriptor 3
// KES_TEST_SIGNAL  SIGKILL before the call; `half`: half of what it writes is written, then SIGKILL; SIGSTOP before it
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const folder = process.env['KES_TEST_FOLDER'];
const target = process.env['KES_TEST_CALL'];
const signal = process.env['KES_TEST_SIGNAL'] ?? 'SIGKILL';
const { writeSync } = fs;
let calls = 0;
let isDone = false;

function watch(name) {
  const real = fs[name];
  fs[name] = (...args) => {
    const [first] = args;
    const isModule = typeof first === 'string' && first.includes('/node_modules/');
    const touches = args.some((arg) => typeof arg === 'string' && arg.startsWith(folder));
    if (isModule || (calls === 0 && !touches)) return real.apply(fs, args);
    calls += 1;
    const isIt = target === String(calls) || target === name || target === first;
    if (isDone || !isIt) {
      return real.apply(fs, args);
    }
    isDone = true;
    writeSync(3, name);
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
