import { absent, dtypeName, dtypeOf, isTensor, torch, type Value } from './api.js';
import { callFunction, callMethod } from './call.js';
import { need } from './compare.js';
import { checkClass, raisedBy } from './raised.js';
import type { Report } from './report.js';

/** Functions that need a dimension. */
const ALONG_DIM = ['cumsum', 'cumprod', 'logcumsumexp', 'logsumexp', 'softmax', 'log_softmax'];
const SCALARS: Record<string, number | boolean> = { bool: true, int: 1, float: 1.5 };

function operand(form: string, name: string): Value {
  if (form === 'scalar') return SCALARS[name];
  if (form === 'dtype') return dtypeOf(name);
  return callFunction('ones', [form === '0-d' ? [] : [1]], { dtype: dtypeOf(name) });
}

function apply(op: string, form: string, operands: Value[]): Value {
  if (op === 'where') return callFunction(op, [torch.tensor(true), ...operands]);
  if (op === 'cat' || op === 'stack') return callFunction(op, [operands]);
  if (op.endsWith('_')) return callMethod(op, operands);
  if (form !== 'unary') return callFunction(op, operands);
  const [x] = operands;
  if (op === 'norm') return callFunction('linalg.norm', [x]);
  if (op === 'sort') return [...callFunction(op, [x])][0];
  if (op === 'trace') return callFunction(op, [x.view(1, 1)]);
  return callFunction(op, ALONG_DIM.includes(op) ? [x, 0] : [x]);
}

const describe = (v: Value): Value => (isTensor(v) ? dtypeName(v.dtype) : typeof v === 'boolean' ? v : dtypeName(v));

function checkCell(r: Value, row: string, col: string, want: Value): void {
  const [left, right] = r.form === 'unary' ? ['tensor'] : r.form.split(',');
  let got: Value;
  const e = raisedBy(() => {
    const operands = [operand(left, row), ...(right ? [operand(right, col)] : [])];
    got = describe(apply(r.op, r.form, operands));
  });
  const where = `${row}, ${col}`;
  if (want?.error) {
    need(e, () => `${where}: ${got}, want ${want.error.type}`);
    checkClass(want.error, e);
    return;
  }
  need(!e, () => `${where}: threw ${e?.message}`);
  need(got === want, () => `${where}: ${got}, want ${want}`);
}

/** A table of result dtypes; each cell counts. */
export function checkPromotion(r: Value, report: Report): void {
  if (!r.rows.length) absent(`cells of ${r.op}`);
  for (const [i, row] of r.rows.entries()) {
    for (const [j, col] of r.cols.entries()) report.attempt('table', () => checkCell(r, row, col, r.table[i][j]));
  }
}
