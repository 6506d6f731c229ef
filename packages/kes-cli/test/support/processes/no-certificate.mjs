// Loaded before the command: giving a complete certificate its name fails.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { linkSync } = fs;
fs.linkSync = (from, to) => {
  if (!to.endsWith('.cert')) return linkSync(from, to);
  throw Object.assign(new Error('EIO: refused by the test'), { code: 'EIO' });
};
syncBuiltinESMExports();
