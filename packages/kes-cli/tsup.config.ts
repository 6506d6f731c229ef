import { build } from '../../tsup.shared.js';

// The command is a program: nothing imports it, so it has no types.
export default build({ main: 'src/main.ts' }, { dts: false });
