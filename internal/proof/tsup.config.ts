import { build } from '../../tsup.shared.js';

// Three programs: what a person starts, the process that is scanned, and one that loads nothing of ours.
export default build(['src/main.ts', 'src/child.ts', 'src/control-child.ts'], {
  dts: false,
  // Only a devDependency, as everywhere, but to be loaded and not copied.
  external: ['@evolock/memory-scan'],
});
