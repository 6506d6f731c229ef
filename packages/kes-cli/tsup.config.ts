import { build } from '../../tsup.shared.js';

// Two entries, because the demonstration's second process is a program of its own; nobody imports either, so there are
// no types.
export default build(
  { main: 'src/main.ts', 'second-process': 'src/demo/second-process.ts' },
  { dts: false },
);
