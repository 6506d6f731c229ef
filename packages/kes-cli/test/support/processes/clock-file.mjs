// Loaded before the command: the clock of the process is the time in a file, in milliseconds since 1970.
//
// KES_TEST_CLOCK  the file
import { readFileSync } from 'node:fs';

const now = () => Number(readFileSync(process.env['KES_TEST_CLOCK'], 'utf8'));

globalThis.Date = class extends Date {
  static now() {
    return now();
  }

  constructor(...args) {
    super(...(args.length === 0 ? [now()] : args));
  }
};
