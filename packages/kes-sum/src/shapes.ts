/**
 * Composed algorithms as types. Literal sizes come from one table, which has a row for each depth over Ed25519. Sizes over
 * other leaf schemes, and at other depths, are `number`; at run time all sizes are computed.
 */
import type {
  CompactSingleKes,
  DsignShape,
  Ed25519Shape,
  KesShape,
  KesVariant,
  SingleKes,
} from '@evolock/kes-single';

/** One row a depth: the depth above it, the number of periods, bytes of a signing key and of both kinds of signature. */
// prettier-ignore
interface Depths {
  0: { above: 1; totalPeriods: 1; signingKey: 32; sum: 64; compact: 96 };
  1: { above: 2; totalPeriods: 2; signingKey: 128; sum: 128; compact: 128 };
  2: { above: 3; totalPeriods: 4; signingKey: 224; sum: 192; compact: 160 };
  3: { above: 4; totalPeriods: 8; signingKey: 320; sum: 256; compact: 192 };
  4: { above: 5; totalPeriods: 16; signingKey: 416; sum: 320; compact: 224 };
  5: { above: 6; totalPeriods: 32; signingKey: 512; sum: 384; compact: 256 };
  6: { above: 7; totalPeriods: 64; signingKey: 608; sum: 448; compact: 288 };
  7: { above: 8; totalPeriods: 128; signingKey: 704; sum: 512; compact: 320 };
  8: { above: 9; totalPeriods: 256; signingKey: 800; sum: 576; compact: 352 };
  9: { above: 10; totalPeriods: 512; signingKey: 896; sum: 640; compact: 384 };
  10: { above: 11; totalPeriods: 1024; signingKey: 992; sum: 704; compact: 416 };
  11: { above: 12; totalPeriods: 2048; signingKey: 1088; sum: 768; compact: 448 };
  12: { above: 13; totalPeriods: 4096; signingKey: 1184; sum: 832; compact: 480 };
  13: { above: 14; totalPeriods: 8192; signingKey: 1280; sum: 896; compact: 512 };
  14: { above: 15; totalPeriods: 16384; signingKey: 1376; sum: 960; compact: 544 };
  15: { above: 16; totalPeriods: 32768; signingKey: 1472; sum: 1024; compact: 576 };
  16: { above: 17; totalPeriods: 65536; signingKey: 1568; sum: 1088; compact: 608 };
  17: { above: 18; totalPeriods: 131072; signingKey: 1664; sum: 1152; compact: 640 };
  18: { above: 19; totalPeriods: 262144; signingKey: 1760; sum: 1216; compact: 672 };
  19: { above: 20; totalPeriods: 524288; signingKey: 1856; sum: 1280; compact: 704 };
  20: { above: number; totalPeriods: 1048576; signingKey: 1952; sum: 1344; compact: 736 };
}

/** A depth as a literal: 0 to 20. */
export type KesDepth = keyof Depths;

/** The depth of the last row, above which there is none. */
type GreatestDepth = {
  [Depth in KesDepth]: number extends Depths[Depth]['above'] ? Depth : never;
}[KesDepth];

/** The greatest depth: 1,048,576 periods, and 64 MiB of verification keys for each key. */
export const MAX_DEPTH: GreatestDepth = 20;

type Entry = keyof Depths[KesDepth];

/** An entry of the row of a depth; `number` for a depth without a row. */
type AtDepth<Depth extends number, Name extends Entry> = Depth extends KesDepth
  ? Depths[Depth][Name]
  : number;

/** The depth itself if it is a `number` or a literal of the table; for other literals, the text that the compiler shows. */
export type CheckedDepth<Depth extends number> = number extends Depth
  ? Depth
  : Depth extends KesDepth
    ? Depth
    : `a depth is an integer from 0 to ${GreatestDepth}`;

/** An entry of the row of a depth over a scheme that has the sizes of Ed25519; `number` over any other scheme. */
type SizeAt<Dsign extends DsignShape, Depth extends number, Name extends Entry> = Dsign extends {
  readonly verificationKeySize: 32;
  readonly signingKeySize: 32;
  readonly signatureSize: 64;
}
  ? AtDepth<Depth, Name>
  : number;

/**
 * The sum scheme of a depth of at least 1, as a type: `KesAlgorithm<SumKes<9>>`, `KesSignature<SumKes<9>>`. Members are
 * literals for a depth of the table, and sizes over Ed25519 too.
 */
export interface SumKes<Depth extends number, Dsign extends DsignShape = Ed25519Shape> {
  readonly name: `${Dsign['name']}_kes_2^${Depth}`;
  readonly dsign: Dsign['name'];
  readonly variant: 'sum';
  readonly depth: Depth;
  readonly totalPeriods: AtDepth<Depth, 'totalPeriods'>;
  readonly seedSize: 32;
  readonly verificationKeySize: 32;
  readonly signatureSize: SizeAt<Dsign, Depth, 'sum'>;
  readonly signingKeySize: SizeAt<Dsign, Depth, 'signingKey'>;
}

/** The compact sum scheme of a depth of at least 1, as {@link SumKes} otherwise. */
export interface CompactSumKes<Depth extends number, Dsign extends DsignShape = Ed25519Shape> {
  readonly name: `${Dsign['name']}_compact_kes_2^${Depth}`;
  readonly dsign: Dsign['name'];
  readonly variant: 'compact';
  readonly depth: Depth;
  readonly totalPeriods: AtDepth<Depth, 'totalPeriods'>;
  readonly seedSize: 32;
  readonly verificationKeySize: 32;
  readonly signatureSize: SizeAt<Dsign, Depth, 'compact'>;
  readonly signingKeySize: SizeAt<Dsign, Depth, 'signingKey'>;
}

/** A scheme of a depth that the compiler does not know. */
interface OfAnyDepth<Variant extends KesVariant> extends KesShape {
  readonly variant: Variant;
}

/** The sum scheme of a depth, which may be 0. */
export type SumKesOfDepth<Depth extends number, Dsign extends DsignShape> = number extends Depth
  ? OfAnyDepth<'sum'>
  : Depth extends 0
    ? SingleKes<Dsign>
    : SumKes<Depth, Dsign>;

/** The compact sum scheme of a depth, which may be 0. */
export type CompactSumKesOfDepth<
  Depth extends number,
  Dsign extends DsignShape,
> = number extends Depth
  ? OfAnyDepth<'compact'>
  : Depth extends 0
    ? CompactSingleKes<Dsign>
    : CompactSumKes<Depth, Dsign>;

/** The sum scheme over another one. */
export type SumKesOver<Inner extends KesShape> =
  Inner extends SingleKes<infer Dsign>
    ? SumKes<1, Dsign>
    : Inner extends SumKes<infer Depth, infer Dsign>
      ? SumKes<AtDepth<Depth, 'above'>, Dsign>
      : OfAnyDepth<'sum'>;

/** The compact sum scheme over another one. */
export type CompactSumKesOver<Inner extends KesShape> =
  Inner extends CompactSingleKes<infer Dsign>
    ? CompactSumKes<1, Dsign>
    : Inner extends CompactSumKes<infer Depth, infer Dsign>
      ? CompactSumKes<AtDepth<Depth, 'above'>, Dsign>
      : OfAnyDepth<'compact'>;

/** The type of `sum6Kes`, which Cardano uses. */
export type Sum6 = SumKes<6>;
/** The type of `sum7Kes`. */
export type Sum7 = SumKes<7>;
/** The type of `compactSum6Kes`. */
export type CompactSum6 = CompactSumKes<6>;
/** The type of `compactSum7Kes`. */
export type CompactSum7 = CompactSumKes<7>;
