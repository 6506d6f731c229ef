import { build } from '../../tsup.shared.js';

// Three programs: the command, the scanned process, and the scanned process of the controls, which loads no package.
export default build(['src/main.ts', 'src/child.ts', 'src/control-child.ts'], {
  dts: false,
  // A devDependency that is loaded at run time and not bundled.
  external: ['@evolock/memory-scan'],
});
