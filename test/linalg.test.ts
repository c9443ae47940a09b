import * as torch from 'strided';

const float64 = { dtype: torch.float64 };
const mT = (x: torch.Tensor): torch.Tensor => x.transpose(-2, -1);
const far = (a: torch.Tensor, b: torch.Tensor): number => Number(a.sub(b).abs().max().item());

const bidiagonal = (n: number, zero: number): torch.Tensor => {
  const A = torch.ones(n, n, float64).triu().tril(1);
  A.select(0, zero).select(0, zero).zero_();
  return A;
};

describe('factorizations give their matrices back', () => {
  test.each([1, 2, 7, 40, 150])('n = %i, and taller and wider ones', (n) => {
    torch.manual_seed(n);
    const A = torch.randn(2, n, n, float64);
    const eye = torch.eye(n, float64);
    const symmetric = A.add(mT(A));
    const { eigenvalues, eigenvectors } = torch.linalg.eigh(symmetric);
    expect(far(eigenvectors.mul(eigenvalues.unsqueeze(-2)).matmul(mT(eigenvectors)), symmetric)).toBeLessThan(1e-10);
    expect(far(mT(eigenvectors).matmul(eigenvectors), eye)).toBeLessThan(1e-12);
    expect(eigenvalues.diff().ge(0).all().item()).toBe(true);
    const positive = A.matmul(mT(A)).add(eye);
    const L = torch.linalg.cholesky(positive);
    expect(far(L.matmul(mT(L)), positive)).toBeLessThan(1e-10);
    for (const m of [n, n + 3, Math.max(1, n - 2)]) {
      const B = torch.randn(2, m, n, float64);
      const { U, S, Vh } = torch.linalg.svd(B);
      const k = Math.min(m, n);
      expect(
        far(
          U.narrow(-1, 0, k)
            .mul(S.unsqueeze(-2))
            .matmul(Vh.narrow(-2, 0, k)),
          B,
        ),
      ).toBeLessThan(1e-11);
      expect(far(mT(U).matmul(U), torch.eye(m, float64))).toBeLessThan(1e-12);
      expect(far(Vh.matmul(mT(Vh)), eye)).toBeLessThan(1e-12);
      const { Q, R } = torch.linalg.qr(B, 'complete');
      expect(far(Q.matmul(R), B)).toBeLessThan(1e-12);
      const lu = torch.linalg.lu(B) as unknown as Record<'P' | 'L' | 'U', torch.Tensor>;
      expect(far(lu.P.matmul(lu.L).matmul(lu.U), B)).toBeLessThan(1e-12);
    }
  });

  test.each([5, 33, 200])('systems of %i equations, on either side', (n) => {
    torch.manual_seed(n);
    const A = torch.randn(2, n, n, float64).add(torch.eye(n, float64).mul(n));
    const B = torch.randn(2, n, 3, float64);
    expect(far(A.matmul(torch.linalg.solve(A, B)), B)).toBeLessThan(1e-12);
    expect(far(torch.linalg.inv(A).matmul(A), torch.eye(n, float64))).toBeLessThan(1e-12);
    for (const upper of [true, false]) {
      for (const unitriangular of [true, false]) {
        const off = A.div(n * n);
        const half = upper ? off.triu(1) : off.tril(-1);
        const triangle = half.add(unitriangular ? torch.eye(n, float64) : A.mul(torch.eye(n, float64)));
        // Neither the other half nor a diagonal of ones is read.
        const given = triangle.add(upper ? A.tril(-1) : A.triu(1)).add(unitriangular ? torch.eye(n, float64) : 0);
        const solve = torch.linalg.solve_triangular;
        expect(far(triangle.matmul(solve(given, B, { upper, unitriangular })), B)).toBeLessThan(1e-12);
        const left = solve(given, mT(B), { upper, unitriangular, left: false });
        expect(far(left.matmul(triangle), mT(B))).toBeLessThan(1e-12);
      }
    }
  });

  test('the first pivot that is zero and the first minor that is not positive, wherever they are', () => {
    const n = 60;
    for (const at of [3, 20, 59]) {
      const A = torch.eye(n, float64);
      A.select(-1, at).zero_();
      expect(torch.linalg.lu_factor_ex(A).info.item()).toBe(at + 1);
      A.select(0, at).select(0, at).fill_(-1);
      expect(torch.linalg.cholesky_ex(A).info.item()).toBe(at + 1);
    }
  });

  test.each<[string, () => torch.Tensor]>([
    ['zeros', () => torch.zeros(40, 40, float64)],
    ['a bidiagonal matrix with a zero in the middle of its diagonal', () => bidiagonal(40, 17)],
    ['one with a zero at the beginning', () => bidiagonal(40, 0)],
    ['one with a zero at the end', () => bidiagonal(40, 39)],
    ['equal singular values', () => torch.linalg.qr(torch.randn(40, 40, float64)).Q],
    ['a rank of three', () => torch.randn(50, 3, float64).matmul(torch.randn(3, 40, float64))],
    ['values of 1e-300 and 1e300', () => torch.tensor([1e-300, 1e300, 1], float64).diag()],
  ])('singular values of %s', (_, make) => {
    torch.manual_seed(1);
    const A = make();
    const { U, S, Vh } = torch.linalg.svd(A, false);
    const size = Math.max(1e-300, Number(S.max().item()));
    expect(far(U.mul(S).matmul(Vh), A) / size).toBeLessThan(1e-13);
    for (const Q of [U, mT(Vh)]) expect(far(mT(Q).matmul(Q), torch.eye(Q.size(1), float64))).toBeLessThan(1e-13);
    expect(S.diff().le(0).all().item() && S.ge(0).all().item()).toBe(true);
  });

  test.each([
    [90, 40],
    [40, 90],
    [60, 60],
  ])('least squares and pseudo-inverses of %i x %i, of full rank and not', (m, n) => {
    torch.manual_seed(m);
    const B = torch.randn(m, 2, float64);
    for (const rank of [Math.min(m, n), 5]) {
      const A = torch.randn(m, rank, float64).matmul(torch.randn(rank, n, float64));
      const least = torch.linalg.lstsq(A, B);
      const P = torch.linalg.pinv(A);
      expect(least.rank.item()).toBe(rank);
      expect(far(A.matmul(P).matmul(A), A)).toBeLessThan(1e-10);
      expect(far(P.matmul(A).matmul(P), P)).toBeLessThan(1e-10);
      for (const product of [A.matmul(P), P.matmul(A)]) expect(far(product, mT(product))).toBeLessThan(1e-10);
      expect(far(least.solution, P.matmul(B))).toBeLessThan(1e-10);
    }
  });

  test('singular vectors of a matrix of rank one are orthonormal', () => {
    const { U, S } = torch.linalg.svd(torch.ones(4, 3, float64));
    expect(far(mT(U).matmul(U), torch.eye(4, float64))).toBeLessThan(1e-14);
    expect(far(S, torch.tensor([Math.sqrt(12), 0, 0], float64))).toBeLessThan(1e-14);
  });
});

describe('what cannot be done is refused in the words of PyTorch', () => {
  const singular = torch
    .tensor([
      [1, 2],
      [2, 4],
    ])
    .double();
  test.each<[string, () => unknown]>([
    [
      'linalg.inv: The diagonal element 2 is zero, the inversion could not be completed because the input matrix is singular.',
      () => torch.linalg.inv(singular),
    ],
    [
      'torch.linalg.solve: The solver failed because the input matrix is singular.',
      () => torch.linalg.solve(singular, torch.ones(2, float64)),
    ],
    [
      'linalg.cholesky: The factorization could not be completed because the input is not positive-definite (the leading minor of order 1 is not positive-definite).',
      () => torch.linalg.cholesky(torch.eye(2).neg()),
    ],
    [
      'linalg.inv: (Batch element 1): The diagonal element 2 is zero, the inversion could not be completed because the input matrix is singular.',
      () => torch.linalg.inv(torch.stack([torch.eye(2, float64), singular])),
    ],
  ])('%s', (text, run) => {
    expect(run).toThrow(new torch.linalg.LinAlgError(text));
    expect(run).toThrow(torch.RuntimeError);
  });
  test('matrices that are not square', () => {
    expect(() => torch.linalg.det(torch.ones(2, 3))).toThrow(
      'linalg.det: A must be batches of square matrices, but they are 2 by 3 matrices',
    );
  });
});

test('the gradient of the determinant of a singular matrix is that of its cofactors', () => {
  const A = torch
    .tensor([
      [1, 2],
      [2, 4],
    ])
    .double()
    .requires_grad_();
  A.det().backward();
  expect(
    A.grad &&
      far(
        A.grad,
        torch
          .tensor([
            [4, -2],
            [-2, 1],
          ])
          .double(),
      ),
  ).toBeLessThan(1e-12);
  expect(torch.linalg.det(A).grad_fn?.name()).toBe('LinalgDetBackward0');
});
