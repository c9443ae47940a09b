/** torch.autograd.forward_ad. */
import * as torch from 'strided';
import { thrown } from './refusals';

const fw = torch.autograd.forward_ad;
const { dual_level, make_dual, unpack_dual } = fw;
const x = () => torch.tensor([1, 2]);
const v = () => torch.tensor([1, 0]);
const refuses = (kind: string, message: string, call: () => unknown) =>
  expect(thrown(call)).toBe(`${kind}: ${message}`);
const text = (t: torch.Tensor | null) => String(t);

test('tangents travel through ops', () => {
  dual_level(() => {
    const d = make_dual(x(), v());
    const [primal, tangent] = unpack_dual(d.sin());
    expect([text(primal), text(tangent)]).toEqual(['tensor([0.8415, 0.9093])', 'tensor([0.5403, -0.0000])']);
    const own = unpack_dual(d);
    expect([text(own.primal), text(own.tangent)]).toEqual(['tensor([1., 2.])', 'tensor([1., 0.])']);
    const both = make_dual(x(), torch.tensor([0, 3]))
      .mul(d)
      .sum();
    expect(unpack_dual(both).tangent?.item()).toBe(7);
    for (const t of [torch.ones(2).mul(2), d.gt(0), d.detach()]) expect(unpack_dual(t).tangent).toBeNull();
    const copied = torch.zeros(2).copy_(d);
    expect(text(unpack_dual(copied).tangent)).toBe('tensor([1., 0.])');
    expect(text(unpack_dual(d.detach().add(d.sub(d))).tangent)).toBe('tensor([0., 0.])');
  });
});

test('a dual tensor is a view that may be changed in place', () => {
  dual_level(() => {
    const base = x();
    const d = make_dual(base, v());
    d.mul_(2);
    expect([base.tolist(), unpack_dual(d).tangent?.tolist()]).toEqual([
      [2, 4],
      [2, 0],
    ]);
  });
});

test('tangents of what requires grad can be differentiated', () => {
  const c = torch.tensor([3, 4], { requires_grad: true });
  const w = torch.tensor(2, { requires_grad: true });
  dual_level(() => {
    const e = make_dual(c, v());
    const { primal, tangent } = unpack_dual(e.mul(e).sum());
    expect([primal.item(), tangent?.item(), tangent?.requires_grad]).toEqual([25, 6, true]);
    expect(torch.autograd.grad(tangent as torch.Tensor, c)[0]?.tolist()).toEqual([2, 0]);
    expect(torch.autograd.grad(primal, c)[0]?.tolist()).toEqual([6, 8]);
    const z = unpack_dual(make_dual(x(), v()).mul(w).pow(2).sum());
    expect(torch.autograd.grad(z.tangent as torch.Tensor, w)[0]?.item()).toBe(8);
  });
});

test('levels end, with the function or the guard, errors included', () => {
  expect(() =>
    dual_level(() => {
      throw new Error('inside');
    }),
  ).toThrow('inside');
  let y: torch.Tensor;
  {
    using _ = dual_level();
    y = make_dual(x(), v()).exp();
    expect(unpack_dual(y).tangent).not.toBeNull();
  }
  expect(unpack_dual(y).tangent).toBeNull();
  expect(fw.enter_dual_level()).toBe(0);
  refuses('RuntimeError', 'Nested forward mode AD is not supported at the moment', () => fw.enter_dual_level());
  fw.exit_dual_level();
  refuses('RuntimeError', 'Dual level must be a positive number.', () => fw.exit_dual_level());
});

test('what is no dual tensor is refused', () => {
  const missing =
    'Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() first.';
  refuses('RuntimeError', missing, () => make_dual(x(), v()));
  dual_level(() => {
    const whole = torch.tensor([1n]);
    refuses('ValueError', 'Expected primal to be floating point or complex, but got: torch.int64', () =>
      make_dual(whole, v()),
    );
    refuses('ValueError', 'Expected tangent to be floating point or complex, but got: torch.int64', () =>
      make_dual(x(), whole),
    );
    const size =
      'Trying to set a forward gradient that has a different size than that of the original Tensor, this is not supported. Tensor is of ' +
      'size [2] while the given forward gradient is of size [3].';
    refuses('RuntimeError', size, () => make_dual(x(), torch.ones(3)));
    const again =
      'Making a dual Tensor based on a Tensor that already has a forward gradient at the same level 0 is not supported.';
    refuses('RuntimeError', again, () => make_dual(make_dual(x(), v()), v()));
  });
});
