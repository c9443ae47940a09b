import * as torch from 'strided';
import { over, type Sample, type Samples, without } from './sample.js';

const F = torch.nn.functional as unknown as Record<string, (...args: any[]) => any>;
const call = (name: string, ...args: any[]): any => F[name]?.(...args);

/** The same call on one input for each list of shapes. */
const each = (name: string, args: unknown[], ...shapes: string[]): Sample[] =>
  over((x) => call(name, x, ...args), ...shapes);
/** Equal elements have no gradient in a maximum. */
const maxima = (name: string, args: unknown[], ...shapes: string[]): Sample[] =>
  without(each(name, args, ...shapes), 'expanded');

const size = (n: number, value: number): number[] => new Array(n).fill(value);
const spatial = (n: number, length: number): string => size(n, length).join('x');

function convolution(n: number): Sample[] {
  const name = `conv${n}d`;
  const [k, length] = n === 3 ? [2, 3] : [2, 4];
  return [
    ...over(
      (x, w, b) => call(name, x, w, b, 2, 1, 1),
      `2x2x${spatial(n, length)} 3x2x${spatial(n, k)} 3`,
      `0x2x${spatial(n, length)} 3x2x${spatial(n, k)} 3`,
    ),
    ...over((x, w) => call(name, x, w, null, 1, 'same', 2, 2), `2x${spatial(n, length)} 2x1x${spatial(n, k)}`),
  ];
}

function transposed(n: number): Sample[] {
  const name = `conv_transpose${n}d`;
  return [
    ...over(
      (x, w, b) => call(name, x, w, b, 2, 1, 1, 1, 1),
      `2x2x${spatial(n, 2)} 2x2x${spatial(n, 2)} 2`,
      `0x2x${spatial(n, 2)} 2x2x${spatial(n, 2)} 2`,
    ),
    ...over((x, w) => call(name, x, w, null, 1, 0, 1, 2, 2), `2x${spatial(n, 2)} 2x1x${spatial(n, 2)}`),
  ];
}

/** An op of each rank from 1 to 3, by its name for that rank. */
const ranks = (name: (n: number) => string, samples: (n: number) => Sample[]): Samples =>
  Object.fromEntries([1, 2, 3].map((n) => [name(n), () => samples(n)]));

const image = (n: number, length: number): string => `1x2x${spatial(n, length)}`;
const empty = (n: number, length: number): string => `0x2x${spatial(n, length)}`;

/** Windows at the same places in every call. */
function fractional(n: number): Samples {
  const name = `fractional_max_pool${n}d`;
  const run: Sample['run'] = (x) =>
    call(name, x, 2, { output_size: 2, _random_samples: torch.full([2, 2, n], 0.5, { dtype: torch.float64 }) });
  return { [name]: () => without(over(run, image(n, 4), empty(n, 4)), 'expanded') };
}

/** Convolutions, pooling, padding and resizing. */
export const imageSamples: Samples = {
  ...ranks((n) => `conv${n}d`, convolution),
  ...ranks((n) => `conv_transpose${n}d`, transposed),
  convolution: () =>
    over(
      (x, w, b) => torch.convolution(x, w, b, [1, 2], [1, 0], [1, 1], false, [0, 0], 1),
      '1x2x3x4 2x2x2x2 2',
      '0x2x3x4 2x2x2x2 2',
    ),
  ...ranks(
    (n) => `max_pool${n}d`,
    (n) => [
      ...maxima(`max_pool${n}d`, [2], image(n, 4), empty(n, 4)),
      ...maxima(`max_pool${n}d`, [2, 1, 1, 2, true], image(n, 3)),
    ],
  ),
  ...fractional(2),
  ...fractional(3),
  ...ranks(
    (n) => `adaptive_max_pool${n}d`,
    (n) => maxima(`adaptive_max_pool${n}d`, [2], image(n, 3), empty(n, 3)),
  ),
  ...ranks(
    (n) => `avg_pool${n}d`,
    (n) => [
      ...each(`avg_pool${n}d`, [2], image(n, 4), empty(n, 4)),
      ...each(`avg_pool${n}d`, [3, 2, 1, true, false], image(n, 4)),
    ],
  ),
  ...ranks(
    (n) => `adaptive_avg_pool${n}d`,
    (n) => each(`adaptive_avg_pool${n}d`, [2], image(n, 3), empty(n, 3)),
  ),
  ...ranks(
    (n) => `lp_pool${n}d`,
    (n) => each(`lp_pool${n}d`, [2, 2], image(n, 4), empty(n, 4)),
  ),
  ...ranks(
    (n) => `max_unpool${n}d`,
    (n) => {
      const length = 2 ** n;
      const indices = torch.tensor(
        Array.from({ length }, (_, i) => 3 * i),
        { dtype: torch.int64 },
      );
      const unpool: Sample['run'] = (x) => call(`max_unpool${n}d`, x, indices.reshape(x.shape).contiguous(), 2);
      const none = torch.zeros([0, 1, ...size(n, 2)], { dtype: torch.int64 });
      return [
        ...over(unpool, `1x1x${spatial(n, 2)}`),
        ...over((x) => call(`max_unpool${n}d`, x, none, 2), `0x1x${spatial(n, 2)}`),
      ];
    },
  ),
  pad: () => [
    ...each('pad', [[1, 2], 'constant', 3], '2x3', '0x3'),
    ...each('pad', [[-1, 1, 1, 0]], '2x3'),
    ...[1, 2, 3].flatMap((n) =>
      ['reflect', 'replicate', 'circular'].flatMap((mode) => each('pad', [size(2 * n, 1), mode], image(n, 2))),
    ),
  ],
  constant_pad_nd: () => over((x) => torch.constant_pad_nd(x, [1, -1], 2), '2x3', '0x3'),
  interpolate: () => [
    ...['nearest', 'nearest-exact', 'area'].flatMap((mode) =>
      [1, 2, 3].flatMap((n) => each('interpolate', [3, null, mode], image(n, 2))),
    ),
    ...each('interpolate', [3, null, 'linear'], image(1, 2), empty(1, 2)),
    ...each('interpolate', [null, 1.5, 'bilinear', true], image(2, 2)),
    ...each('interpolate', [3, null, 'trilinear', false], image(3, 2)),
    ...each('interpolate', [3, null, 'bicubic', false], image(2, 2)),
    ...['bilinear', 'bicubic'].flatMap((mode) => each('interpolate', [2, null, mode, false, null, true], image(2, 3))),
  ],
  upsample_nearest: () => each('upsample_nearest', [3], image(1, 2), empty(1, 2)),
  upsample_bilinear: () => each('upsample_bilinear', [3], image(2, 2), empty(2, 2)),
  // Away from whole places, where blending has kinks.
  grid_sample: () => [
    ...['bilinear', 'bicubic'].flatMap((mode) =>
      ['zeros', 'border', 'reflection'].flatMap((padding) =>
        over((x, g) => call('grid_sample', x, g.mul(0.53), mode, padding, false), '1x2x3x3 1x1x2x2'),
      ),
    ),
    ...over(
      (x, g) => call('grid_sample', x, g.mul(0.53), 'nearest', 'zeros', true),
      '1x2x3x3 1x1x2x2',
      '0x1x2x2 0x1x2x2',
    ),
    ...over((x, g) => call('grid_sample', x, g.mul(0.53), 'bilinear', 'zeros', true), '1x1x2x2x2 1x1x1x2x3'),
  ],
  affine_grid: () => [
    ...over((t) => call('affine_grid', t, [1, 1, 2, 3], true), '1x2x3'),
    ...over((t) => call('affine_grid', t, [1, 1, 2, 1, 3], false), '1x3x4'),
  ],
  fold: () => each('fold', [[3, 3], 2, 1, 0, 1], '1x4x4', '0x4x4'),
  pixel_shuffle: () => each('pixel_shuffle', [2], '1x4x2x2', '0x4x2x2'),
  pixel_unshuffle: () => each('pixel_unshuffle', [2], '1x1x2x4', '0x1x2x4'),
  channel_shuffle: () => each('channel_shuffle', [2], '1x4x2', '0x4x2'),
};

const of = (...names: string[]): string[] => names.flatMap((name) => [1, 2, 3].map((n) => `${name}${n}d`));

/** What takes no numbers: everything here. */
export const imageNames: string[] = [
  ...of('conv', 'conv_transpose', 'avg_pool', 'adaptive_avg_pool', 'lp_pool', 'max_unpool'),
  ...[
    'convolution',
    'pad',
    'constant_pad_nd',
    'interpolate',
    'upsample_nearest',
    'upsample_bilinear',
    'fold',
    'grid_sample',
  ],
  ...['pixel_shuffle', 'pixel_unshuffle', 'channel_shuffle'],
];
/** Nor no images. */
export const affineNames: string[] = ['affine_grid'];
/** Nor equal elements. */
export const maximaNames: string[] = [
  ...of('max_pool', 'adaptive_max_pool'),
  ...['fractional_max_pool2d', 'fractional_max_pool3d'],
];
