import { build } from '../tsup.shared.js';

// Two entries, because the second process is a program of its own; nobody imports either, so there are no types.
export default build(['src/main.ts', 'src/second-process.ts'], { dts: false });
