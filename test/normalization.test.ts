import * as torch from 'strided';

const { nn } = torch;
const F = nn.functional;
const rounded = (x: torch.Tensor | null): number[] =>
  (x as torch.Tensor)
    .flatten()
    .tolist()
    .map((v: unknown) => Math.round(Number(v) * 1e4) / 1e4);

describe('layers print as in PyTorch', () => {
  test.each([
    [new nn.LayerNorm(3), 'LayerNorm((3,), eps=1e-05, elementwise_affine=True, bias=True)'],
    [
      new nn.LayerNorm([2, 3], { elementwise_affine: false }),
      'LayerNorm((2, 3), eps=1e-05, elementwise_affine=False, bias=False)',
    ],
    [new nn.RMSNorm(3), 'RMSNorm((3,), eps=None, elementwise_affine=True)'],
    [new nn.GroupNorm(2, 4), 'GroupNorm(2, 4, eps=1e-05, affine=True, bias=True)'],
    [
      new nn.BatchNorm2d(4),
      'BatchNorm2d(4, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)',
    ],
    [
      new nn.BatchNorm1d(4, { momentum: null, affine: false, track_running_stats: false }),
      'BatchNorm1d(4, eps=1e-05, momentum=None, affine=False, bias=False, track_running_stats=False)',
    ],
    [
      new nn.InstanceNorm1d(3),
      'InstanceNorm1d(3, eps=1e-05, momentum=0.1, affine=False, bias=False, track_running_stats=False)',
    ],
    [new nn.LocalResponseNorm(2), 'LocalResponseNorm(2, alpha=0.0001, beta=0.75, k=1.0)'],
  ])('%#', (layer, text) => expect(String(layer)).toBe(text));
});

test("state_dict has PyTorch's names", () => {
  const running = ['running_mean', 'running_var', 'num_batches_tracked'];
  expect(Object.keys(new nn.BatchNorm2d(3).state_dict())).toEqual(['weight', 'bias', ...running]);
  expect(Object.keys(new nn.BatchNorm1d(3, { affine: false }).state_dict())).toEqual(running);
  expect(Object.keys(new nn.InstanceNorm2d(3).state_dict())).toEqual([]);
  expect(Object.keys(new nn.LayerNorm(3, { bias: false }).state_dict())).toEqual(['weight']);
  expect(Object.keys(new nn.GroupNorm(1, 3).state_dict())).toEqual(['weight', 'bias']);
});

describe('running statistics', () => {
  const x = torch.tensor([
    [1, 10],
    [3, 30],
    [5, 20],
  ]);

  test('move by momentum, with the unbiased variance, and are used in eval mode', () => {
    const norm = new nn.BatchNorm1d(2, { momentum: 0.5 });
    expect(rounded(norm(x))).toEqual([-1.2247, -1.2247, 0, 1.2247, 1.2247, 0]);
    expect(rounded(norm.running_mean)).toEqual([1.5, 10]);
    expect(rounded(norm.running_var)).toEqual([2.5, 50.5]);
    expect(norm.num_batches_tracked?.item()).toBe(1);
    norm.eval();
    expect(rounded(norm(x))).toEqual([-0.3162, 0, 0.9487, 2.8144, 2.2136, 1.4072]);
    expect(norm.num_batches_tracked?.item()).toBe(1);
    expect(rounded(norm.running_mean)).toEqual([1.5, 10]);
  });

  test('are the mean over all batches without momentum', () => {
    const norm = new nn.BatchNorm1d(2, { momentum: null });
    norm(x);
    norm(x.add(3));
    expect(rounded(norm.running_mean)).toEqual([4.5, 21.5]);
    expect(norm.num_batches_tracked?.item()).toBe(2);
    norm.reset_running_stats();
    expect(rounded(norm.running_var)).toEqual([1, 1]);
  });

  test('are those of the batch in eval mode where none are tracked', () => {
    const norm = new nn.BatchNorm1d(2, { track_running_stats: false }).eval() as InstanceType<typeof nn.BatchNorm1d>;
    expect(rounded(norm(x))).toEqual([-1.2247, -1.2247, 0, 1.2247, 1.2247, 0]);
  });

  test('of instances are the mean over the samples', () => {
    const norm = new nn.InstanceNorm1d(1, { track_running_stats: true, momentum: 1 });
    norm(torch.tensor([[[1, 3]], [[5, 9]]]));
    expect(rounded(norm.running_mean)).toEqual([4.5]);
    expect(rounded(norm.running_var)).toEqual([5]);
    norm.eval();
    expect(rounded(norm(torch.tensor([[[4.5, 9.5]]])))).toEqual([0, 2.2361]);
    expect(norm(torch.zeros(1, 2)).shape).toEqual([1, 2]);
  });

  test('keep a large mean apart from a small deviation', () => {
    const far = torch.tensor([10001, 10003, 10001, 10003]).reshape([4, 1]);
    expect(rounded(F.batch_norm(far, null, null, { training: true }))).toEqual([-1, 1, -1, 1]);
    expect(rounded(F.layer_norm(far.t(), [4]))).toEqual([-1, 1, -1, 1]);
  });
});

test('nodes are named as in PyTorch', () => {
  const x = torch.randn(2, 4, 3, { requires_grad: true });
  const name = (y: torch.Tensor) => y.grad_fn?.name();
  expect(name(F.layer_norm(x, [3]))).toBe('NativeLayerNormBackward0');
  expect(name(F.batch_norm(x, null, null, { training: true }))).toBe('NativeBatchNormBackward0');
  expect(name(F.group_norm(x, 2))).toBe('NativeGroupNormBackward0');
  expect(name(F.instance_norm(x))).toBe('ViewBackward0');
  expect(name(F.rms_norm(x, [3]))).toBe('MulBackward0');
  expect(name(F.local_response_norm(x, 2))).toBe('DivBackward0');
});

test("what does not fit is refused in PyTorch's words", () => {
  const x = torch.ones(2, 4, 3);
  expect(() => F.layer_norm(x, [4])).toThrow(
    'Given normalized_shape=[4], expected input with shape [*, 4], but got input of size[2, 4, 3]',
  );
  expect(() => F.layer_norm(x, [])).toThrow('Expected normalized_shape to be at least 1-dimensional');
  expect(() => F.rms_norm(x, [3], torch.ones(2))).toThrow(
    'Expected weight to be of same shape as normalized_shape, but got weight of shape [2] and normalized_shape = [3]',
  );
  expect(() => F.group_norm(x, 3)).toThrow(
    'Expected number of channels in input to be divisible by num_groups, but got input of shape [2, 4, 3] and num_groups=3',
  );
  expect(() => F.batch_norm(x, null, null)).toThrow('running_mean must be defined in evaluation mode');
  expect(() => F.batch_norm(x, torch.ones(3), torch.ones(4))).toThrow('running_mean should contain 4 elements not 3');
  expect(() => F.batch_norm(torch.ones(1, 2), null, null, { training: true })).toThrow(
    'Expected more than 1 value per channel when training, got input size torch.Size([1, 2])',
  );
  expect(() => F.instance_norm(torch.ones(1, 2, 1))).toThrow(
    'Expected more than 1 spatial element when training, got input size torch.Size([1, 2, 1])',
  );
  expect(() => F.local_response_norm(torch.ones(3, 2), 2)).toThrow(/Expected 3D or higher dimensionality +input/);
  expect(() => new nn.BatchNorm2d(4)(x)).toThrow('expected 4D input (got 3D input)');
  expect(() => new nn.InstanceNorm1d(3, { affine: true })(x)).toThrow(
    "expected input's size at dim=1 to match num_features (3), but got: 4.",
  );
  expect(() => new nn.GroupNorm(3, 4)).toThrow('num_channels (4) must be divisible by num_groups (3)');
});

test('halves may have float32 weights', () => {
  const x = torch.tensor([[1, 3]]).to(torch.bfloat16);
  expect(F.layer_norm(x, [2], torch.tensor([2, 2])).dtype).toBe(torch.bfloat16);
  expect(() => F.layer_norm(torch.ones(1, 2), [2], torch.ones(2, { dtype: torch.float64 }))).toThrow(
    'expected scalar type Float but found Double',
  );
});
