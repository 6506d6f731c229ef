import { Session, type Profiler, type Runtime } from 'node:inspector/promises';

/** A place in a script. */
interface Place {
  readonly scriptId: string;
  readonly offset: number;
}

/** Records which functions are called. The engine counts calls by the position of a function in its script. */
export class CalledFunctions {
  readonly #session = new Session();
  readonly #lineStarts = new Map<string, readonly number[]>();
  #scripts: readonly Profiler.ScriptCoverage[] = [];

  /** Starts the count. */
  async start(): Promise<void> {
    this.#session.connect();
    await this.#session.post('Debugger.enable');
    await this.#session.post('Profiler.enable');
    await this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  }

  /** Ends the count. {@link has} is valid after it. */
  async stop(): Promise<void> {
    this.#scripts = (await this.#session.post('Profiler.takePreciseCoverage')).result;
    await this.#session.post('Profiler.stopPreciseCoverage');
  }

  /** Whether a function was called during the count. */
  async has(called: (...args: never[]) => unknown): Promise<boolean> {
    const place = await this.#placeOf(called);
    const script = this.#scripts.find(({ scriptId }) => scriptId === place.scriptId);
    const around = (script?.functions ?? [])
      .map(({ ranges }) => ranges[0])
      .filter((range) => range !== undefined)
      .filter(
        ({ startOffset, endOffset }) => startOffset <= place.offset && place.offset < endOffset,
      );
    // The innermost range is the function itself.
    const [own] = around.sort((left, right) => right.startOffset - left.startOffset);
    return own !== undefined && own.count > 0;
  }

  async #placeOf(called: unknown): Promise<Place> {
    const slot = Symbol.for('@evolock/proof/called');
    (globalThis as Record<symbol, unknown>)[slot] = called;
    const expression = `globalThis[Symbol.for('@evolock/proof/called')]`;
    const { result } = await this.#session.post('Runtime.evaluate', { expression });
    const { internalProperties = [] } = await this.#session.post('Runtime.getProperties', {
      objectId: result.objectId!,
      ownProperties: true,
    });
    const location = internalProperties.find(({ name }) => name === '[[FunctionLocation]]');
    return this.#offsetOf(location?.value?.value as Location);
  }

  async #offsetOf({ scriptId, lineNumber, columnNumber }: Location): Promise<Place> {
    let starts = this.#lineStarts.get(scriptId);
    if (starts === undefined) {
      const { scriptSource } = await this.#session.post('Debugger.getScriptSource', { scriptId });
      starts = startsOfLines(scriptSource);
      this.#lineStarts.set(scriptId, starts);
    }
    return { scriptId, offset: starts[lineNumber]! + columnNumber };
  }
}

type Location = Runtime.StackTrace['callFrames'][number];

function startsOfLines(source: string): number[] {
  const starts = [0];
  for (let index = source.indexOf('\n'); index >= 0; index = source.indexOf('\n', index + 1)) {
    starts.push(index + 1);
  }
  return starts;
}
