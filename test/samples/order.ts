import { over, type Sample, type Samples } from './sample.js';

/** An op along the last dimension and along the first. */
const along = (f: (dim: number) => Sample['run'], ...more: string[]): Sample[] => [
  ...over(f(-1), '2x3', '.', ...more),
  ...over(f(0), '3x2'),
];

export const orderSamples: Samples = {
  sort: () => along((dim) => (x) => x.sort(dim, true).values, '0x3'),
  msort: () => over((x) => x.msort(), '3x2', '.', '0x3'),
  topk: () => along((dim) => (x) => x.topk(1, dim).values, '0x3'),
  kthvalue: () => along((dim) => (x) => x.kthvalue(1, dim).values, '0x3'),
  mode: () => along((dim) => (x) => x.mode(dim).values, '0x3'),
  median: () => [...along((dim) => (x) => x.median(dim).values, '0x3'), ...over((x) => x.median(), '.')],
  nanmedian: () => [...along((dim) => (x) => x.nanmedian(dim, true).values, '0x3'), ...over((x) => x.nanmedian(), '.')],
  quantile: () => along((dim) => (x) => x.quantile(0.3, dim)),
  nanquantile: () => along((dim) => (x) => x.nanquantile(0.6, dim, true)),
};
