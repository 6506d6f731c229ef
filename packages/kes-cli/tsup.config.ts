import { build } from '../../tsup.shared.js';

// A command, which nobody imports, so there are no types.
export default build(['src/main.ts'], { dts: false });
