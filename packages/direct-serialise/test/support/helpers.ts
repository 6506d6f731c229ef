import {
  directDeserialiseBuf,
  directDeserialiseBufChecked,
  directDeserialiseFrom,
  directDeserialiseFromChecked,
  directSerialiseBuf,
  directSerialiseBufChecked,
  directSerialiseTo,
  directSerialiseToChecked,
  type DirectDeserialise,
  type DirectSerialise,
} from '../../src/index.js';

const MARGIN = 64;
const CANARY = 0xca;

/** A destination between canary bytes. */
export class Canvas {
  readonly #whole: Uint8Array;
  readonly inside: Uint8Array;

  constructor(readonly size: number) {
    this.#whole = new Uint8Array(size + 2 * MARGIN).fill(CANARY);
    this.inside = this.#whole.subarray(MARGIN, MARGIN + size);
  }

  /** Writes without a bound: only the helper keeps a block inside. */
  readonly write = (offset: number, block: Uint8Array): void => {
    this.#whole.set(block, MARGIN + offset);
  };

  /** Whether everything outside of the first `reached` bytes of the inside is unchanged. */
  untouchedFrom(reached: number): boolean {
    const around = [...this.#whole.subarray(0, MARGIN), ...this.#whole.subarray(MARGIN + reached)];
    return around.every((byte) => byte === CANARY);
  }
}

/** One of the four helpers that write to a canvas; returns the number of bytes that it wrote. */
export interface Serialiser {
  readonly name: string;
  readonly checked: boolean;
  run(canvas: Canvas, value: DirectSerialise): number;
}

/** One of the four helpers that read; returns the value and the number of bytes that it read. */
export interface Deserialiser {
  readonly name: string;
  readonly checked: boolean;
  run<T>(source: Uint8Array, type: DirectDeserialise<T>, options?: object): [T, number];
}

/** Reads from a source at an offset, as a caller of the `From` forms does. */
export function readerOf(source: Uint8Array): (offset: number, block: Uint8Array) => void {
  return (offset, block) => {
    block.set(source.subarray(offset, offset + block.byteLength));
  };
}

type Write = Serialiser['run'];
type Read = Deserialiser['run'];

const unchecked: Readonly<Record<string, Write>> = {
  directSerialiseTo: (canvas, value) => directSerialiseTo(canvas.write, canvas.size, value),
  directSerialiseBuf: (canvas, value) => directSerialiseBuf(canvas.inside, value),
};

/** They write all of a canvas, and return nothing. */
const checked: Readonly<Record<string, (...given: Parameters<Write>) => void>> = {
  directSerialiseToChecked: (canvas, value) =>
    directSerialiseToChecked(canvas.write, canvas.size, value),
  directSerialiseBufChecked: (canvas, value) => directSerialiseBufChecked(canvas.inside, value),
};

export const checkedSerialisers: readonly Serialiser[] = Object.entries(checked).map(
  ([name, write]) => ({
    name,
    checked: true,
    run(canvas, value) {
      write(canvas, value);
      return canvas.size;
    },
  }),
);

export const serialisers: readonly Serialiser[] = [
  ...Object.entries(unchecked).map(([name, run]) => ({ name, checked: false, run })),
  ...checkedSerialisers,
];

const readers: Readonly<Record<string, Read>> = {
  directDeserialiseFrom: (source, type, options) =>
    directDeserialiseFrom(readerOf(source), source.byteLength, type, options),
  directDeserialiseFromChecked: (source, type, options) => [
    directDeserialiseFromChecked(readerOf(source), source.byteLength, type, options),
    source.byteLength,
  ],
  directDeserialiseBuf: (source, type, options) => directDeserialiseBuf(source, type, options),
  directDeserialiseBufChecked: (source, type, options) => [
    directDeserialiseBufChecked(source, type, options),
    source.byteLength,
  ],
};

export const deserialisers: readonly Deserialiser[] = Object.entries(readers).map(
  ([name, run]) => ({ name, checked: name.endsWith('Checked'), run }),
);

export const checkedDeserialisers = deserialisers.filter(({ checked }) => checked);
