import { CONTROLS } from './control-operations.js';
import { proveControl } from './prove-control.js';

/** What a scan found of a control outside locked memory. */
export interface ControlResult {
  readonly control: string;
  /** The number of copies and pieces. With none, scans cannot see such a leak. */
  readonly unlocked: number;
}

/** All controls. */
export async function allControls(): Promise<ControlResult[]> {
  const results: ControlResult[] = [];
  for (const control of CONTROLS) {
    const { unlocked } = await proveControl(control);
    results.push({ control, unlocked });
  }
  return results;
}
