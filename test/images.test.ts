/** Convolutions, pooling, padding and resizing as a program sees them. */

import * as torch from 'strided';

const { nn } = torch;
const F = nn.functional;

const image = (...shape: number[]): torch.Tensor => torch.arange(shape.reduce((a, b) => a * b, 1)).reshape(shape);
const nodeOf = (f: (x: torch.Tensor) => torch.Tensor, ...shape: number[]): string | undefined =>
  f(image(...shape).requires_grad_()).grad_fn?.name();

describe('convolutions', () => {
  test('by numbers, by name, by keyword', () => {
    const [x, w] = [image(1, 1, 3, 3), torch.ones(1, 1, 2, 2)];
    expect(F.conv2d(x, w).tolist()).toEqual([
      [
        [
          [8, 12],
          [20, 24],
        ],
      ],
    ]);
    expect(F.conv2d(x, w, { padding: 'valid' }).tolist()).toEqual(F.conv2d(x, w, null, 1, 0).tolist());
    expect(F.conv2d(x, w, { padding: 'same' }).tolist()).toEqual([
      [
        [
          [8, 12, 7],
          [20, 24, 13],
          [13, 15, 8],
        ],
      ],
    ]);
    expect(F.conv2d(x, w, null, [2, 1], 1).shape).toEqual([1, 1, 2, 4]);
    expect(F.conv_transpose2d(x, w, { stride: 2, output_padding: 1 }).shape).toEqual([1, 1, 7, 7]);
    expect(torch.conv1d(image(2, 5), torch.ones(3, 2, 2)).shape).toEqual([3, 4]);
  });

  test('are one node, and so are their gradients', () => {
    const [x, w] = [image(1, 2, 4, 4).requires_grad_(), torch.ones(3, 2, 2, 2, { requires_grad: true })];
    const y = F.conv2d(x, w, torch.zeros(3));
    expect(y.grad_fn?.name()).toBe('ConvolutionBackward0');
    const [g] = torch.autograd.grad([y.sum()], [x], null, { create_graph: true });
    expect(g?.grad_fn?.name()).toBe('ConvolutionBackwardBackward0');
  });

  test('keep channels last', () => {
    const x = image(2, 3, 4, 5).contiguous({ memory_format: torch.channels_last });
    expect(F.conv2d(x, torch.ones(2, 3, 1, 1)).stride()).toEqual([40, 1, 10, 2]);
    expect(F.max_pool2d(x, 2).stride()).toEqual([12, 1, 6, 3]);
  });

  test('refuse what does not fit, in words', () => {
    const x = image(1, 2, 4, 4);
    expect(() => F.conv2d(x, torch.ones(3, 3, 2, 2))).toThrow(
      'Given groups=1, weight of size [3, 3, 2, 2], expected input[1, 2, 4, 4] to have 3 channels, but got 2 channels instead',
    );
    expect(() => F.conv2d(x, torch.ones(3, 2, 5, 5))).toThrow(
      "Calculated padded input size per channel: (4 x 4). Kernel size: (5 x 5). Kernel size can't be greater than actual input size",
    );
    expect(() => F.conv2d(x, torch.ones(3, 2, 2, 2), null, [1, 2, 3])).toThrow(
      'expected stride to be a single integer value or a list of 2 values to match the convolution dimensions',
    );
    expect(() => F.conv2d(x, torch.ones(2, 2, 1, 1), { padding: 'some' })).toThrow("Invalid padding string: 'some'");
  });
});

describe('pooling', () => {
  test('maxima with their places, and back', () => {
    const x = image(1, 1, 4, 4);
    const [values, places] = F.max_pool2d_with_indices(x, 2) as [torch.Tensor, torch.Tensor];
    expect(values.tolist()).toEqual([
      [
        [
          [5, 7],
          [13, 15],
        ],
      ],
    ]);
    expect(places.tolist()).toEqual([
      [
        [
          [5, 7],
          [13, 15],
        ],
      ],
    ]);
    expect(F.max_unpool2d(values, places, 2).sum().item()).toBe(40);
    expect(F.max_pool2d(x, 3, 2, 1, 1, true).shape).toEqual([1, 1, 3, 3]);
  });

  test('means with and without the padding', () => {
    const x = torch.ones(1, 2, 2);
    expect(F.avg_pool2d(x, 2, 2, 1).tolist()).toEqual([
      [
        [0.25, 0.25],
        [0.25, 0.25],
      ],
    ]);
    expect(F.avg_pool2d(x, 2, 2, 1, false, false).tolist()).toEqual([
      [
        [1, 1],
        [1, 1],
      ],
    ]);
    expect(F.avg_pool2d(x, 2, { divisor_override: 8 }).item()).toBe(0.5);
    expect(F.adaptive_avg_pool2d(image(1, 4, 4), [null, 1]).tolist()).toEqual([[[1.5], [5.5], [9.5], [13.5]]]);
  });

  test('nodes by the names of PyTorch', () => {
    expect(nodeOf((x) => F.max_pool2d(x, 2), 1, 4, 4)).toBe('MaxPool2DWithIndicesBackward0');
    expect(nodeOf((x) => F.max_pool3d(x, 2), 1, 4, 4, 4)).toBe('MaxPool3DWithIndicesBackward0');
    expect(nodeOf((x) => F.avg_pool2d(x, 2), 1, 4, 4)).toBe('AvgPool2DBackward0');
    expect(nodeOf((x) => F.adaptive_avg_pool2d(x, 2), 1, 4, 4)).toBe('AdaptiveAvgPool2DBackward0');
    expect(nodeOf((x) => F.adaptive_max_pool2d(x, 2), 1, 4, 4)).toBe('AdaptiveMaxPool2DBackward0');
  });
});

describe('padding and resizing', () => {
  test('modes of pad', () => {
    const x = image(1, 3);
    expect(F.pad(x, [1, 2], 'constant', 9).tolist()).toEqual([[9, 0, 1, 2, 9, 9]]);
    expect(F.pad(x, [1, 2], 'reflect').tolist()).toEqual([[1, 0, 1, 2, 1, 0]]);
    expect(F.pad(x, [1, 2], 'replicate').tolist()).toEqual([[0, 0, 1, 2, 2, 2]]);
    expect(F.pad(x, [1, 2], 'circular').tolist()).toEqual([[2, 0, 1, 2, 0, 1]]);
    expect(F.pad(x, [-1, 0]).tolist()).toEqual([[1, 2]]);
    expect(nodeOf((t) => F.pad(t, [1, 1]), 1, 3)).toBe('ConstantPadNdBackward0');
    expect(nodeOf((t) => F.pad(t, [1, 1, 1, 1], 'reflect'), 1, 3, 3)).toBe('ReflectionPad2DBackward0');
    expect(() => F.pad(x, [1, 2], 'reflect', 3)).toThrow('Padding mode "reflect" doesn\'t take in value argument');
  });

  test('modes of interpolate', () => {
    const x = image(1, 1, 2);
    expect(F.interpolate(x, 4).tolist()).toEqual([[[0, 0, 1, 1]]]);
    expect(F.interpolate(x, { scale_factor: 2, mode: 'linear' }).tolist()).toEqual([[[0, 0.25, 0.75, 1]]]);
    expect(F.interpolate(x, 3, null, 'linear', true).tolist()).toEqual([[[0, 0.5, 1]]]);
    expect(nodeOf((t) => F.interpolate(t, 4, null, 'bicubic'), 1, 1, 2, 2)).toBe('UpsampleBicubic2DBackward0');
    expect(() => F.interpolate(x, 4, null, 'nearest', true)).toThrow(
      'align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear',
    );
  });

  test('windows as columns, and their sum', () => {
    const x = image(1, 2, 3, 3);
    expect(F.unfold(x, 2).shape).toEqual([1, 8, 4]);
    expect(F.fold(F.unfold(x, [3, 1]), [3, 3], [3, 1]).tolist()).toEqual(x.tolist());
  });

  test('sampled at the places of an affine map', () => {
    const x = image(1, 1, 3, 4);
    const identity = torch.tensor([
      [
        [1, 0, 0],
        [0, 1, 0],
      ],
    ]);
    const grid = F.affine_grid(identity, [1, 1, 3, 4], true);
    expect(torch.allclose(F.grid_sample(x, grid, { align_corners: true }), x, 1e-5, 1e-5)).toBe(true);
  });
});

describe('modules', () => {
  test('print as in PyTorch', () => {
    const printed = [
      new nn.Conv2d(3, 6, 3, { padding: 'same', groups: 3, bias: false, padding_mode: 'reflect' }),
      new nn.ConvTranspose2d(4, 2, [2, 3], { stride: 2, output_padding: 1 }),
      new nn.MaxPool2d(2),
      new nn.AvgPool1d(2),
      new nn.AdaptiveAvgPool2d([1, null]),
      new nn.ZeroPad2d(1),
      new nn.ConstantPad1d([1, 2], 3.5),
      new nn.Upsample({ scale_factor: 2, mode: 'bilinear' }),
      new nn.Unfold(3),
    ].map(String);
    expect(printed).toEqual([
      'Conv2d(3, 6, kernel_size=(3, 3), stride=(1, 1), padding=same, groups=3, bias=False, padding_mode=reflect)',
      'ConvTranspose2d(4, 2, kernel_size=(2, 3), stride=(2, 2), output_padding=(1, 1))',
      'MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)',
      'AvgPool1d(kernel_size=(2,), stride=(2,), padding=(0,), ceil_mode=False, count_include_pad=True)',
      'AdaptiveAvgPool2d(output_size=[1, None])',
      'ZeroPad2d((1, 1, 1, 1))',
      'ConstantPad1d(padding=(1, 2), value=3.5)',
      "Upsample(scale_factor=2.0, mode='bilinear')",
      'Unfold(kernel_size=3, dilation=1, padding=0, stride=1)',
    ]);
  });

  test('begin with the numbers of PyTorch for a seed', () => {
    torch.manual_seed(0);
    const conv = new nn.Conv2d(2, 1, 2);
    expect(String(conv.weight.detach().flatten())).toBe(
      'tensor([-0.0026,  0.1897, -0.2910, -0.2602, -0.1362,  0.0948, -0.0070,  0.2803])',
    );
    expect(String(conv.bias?.detach())).toBe('tensor([-0.0314])');
    expect(Object.keys(conv.state_dict())).toEqual(['weight', 'bias']);
  });

  test('refuse what makes no convolution', () => {
    expect(() => new nn.Conv2d(3, 4, 3, { groups: 2 })).toThrow('in_channels must be divisible by groups');
    expect(() => new nn.Conv2d(3, 4, 3, { padding: 'same', stride: 2 })).toThrow(
      "padding='same' is not supported for strided convolutions",
    );
    expect(() => new nn.ConvTranspose1d(1, 1, 1, { padding_mode: 'reflect' })).toThrow(
      'Only "zeros" padding mode is supported for ConvTranspose1d',
    );
  });

  test('a transposed convolution reaches the size that is asked for', () => {
    const up = new nn.ConvTranspose2d(1, 1, 3, { stride: 2, padding: 1 });
    expect(up(torch.ones(1, 1, 3, 3), [6, 6]).shape).toEqual([1, 1, 6, 6]);
    expect(() => up(torch.ones(1, 1, 3, 3), [8, 8])).toThrow(
      'requested an output size of [8, 8], but valid sizes range from [5, 5] to [6, 6]',
    );
  });
});
