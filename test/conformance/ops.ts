import { type Dict, storageOf, tensorsIn, torch, type Value } from './api.js';
import { callAs, callMethod } from './call.js';
import { Comparison, checkMeta, checkStrides, need, walk, walkTensors } from './compare.js';
import { Decoder } from './decode.js';
import { checkGradients } from './gradients.js';
import { checkNonunique } from './nonunique.js';
import { checkClass, raisedBy } from './raised.js';
import type { Report } from './report.js';

// Families that add nothing up are held to PyTorch's own tolerance; the others may sum in another order.
const PLAIN = /core\.(unary|binary|compare|cast|views|shape|creation|indexing|sort|activation)|special/;
const SUMS = /add|reduce|mean|sum|scatter|accumulate/;

/** What a record's op line and place add to it. */
export interface Context {
  head: Value;
  family: string;
  tols: Dict;
}

type Invoke = (args: Value[], kwargs: Dict) => Value;

function checkAlias(want: Value, got: Value, where: string, tensors: Value[]): void {
  if ('is' in want) {
    need(got === tensors[want.is], () => `${where} is not argument ${want.is} itself`);
    return;
  }
  if (want.shape.includes(0)) return;
  const id = storageOf(got);
  if (!want.alias) {
    const shared = tensors.findIndex((t) => !t.shape.includes(0) && storageOf(t) === id);
    need(shared < 0, () => `${where} shares the storage of argument ${shared}`);
    return;
  }
  const { of, offset } = want.alias;
  need(id === storageOf(tensors[of]), () => `${where} does not share the storage of argument ${of}`);
  need(got.storage_offset() === offset, () => `${where} has storage offset ${got.storage_offset()}, want ${offset}`);
}

/** Runs the call on freshly decoded arguments. */
function run(r: Value, invoke: Invoke, grad = true): { d: Decoder; out: Value } {
  const d = new Decoder({ grad });
  const [args, kwargs] = [d.list(r.args), d.dict(r.kwargs)];
  torch.manual_seed?.(0);
  return { d, out: invoke(args, kwargs) };
}

function checkInPlace(r: Value, path: string, cmp: Comparison): void {
  const want = r.inplace;
  let x: Value = null;
  let y: Value = null;
  const call = () => {
    const invoke: Invoke = (args, kwargs) => {
      x = args[0];
      return callMethod(`${path}_`, args, kwargs, r.args);
    };
    y = run(r, invoke, false).out;
  };
  if (want.error) {
    const e = raisedBy(call);
    need(e, () => `does not raise ${want.error.type}`);
    checkClass(want.error, e);
    return;
  }
  call();
  need(y === x, () => 'does not return its tensor');
  cmp.tensor(want === true ? r.out : want.out, y, 'in-place result');
}

export function checkOp(r: Value, { head, family, tols }: Context, report: Report): void {
  const { path } = head;
  const factor = PLAIN.test(family) && !SUMS.test(path) ? 1 : 4;
  const base = new Comparison({ tols: { ...tols, ...head.tol }, factor });
  const cmp = base.widened(r.tolx);
  const plain: Invoke = (args, kwargs) => callAs(head.call, path, args, kwargs, r.args);
  const hasStrides = head.strides !== false && !r.nonunique;
  const compare = (want: Value, out: Value): void => {
    walkTensors(want, out, checkMeta);
    if (r.nonunique) checkNonunique(r, path, out, cmp);
    else walk(want, out, (w, g, where) => cmp.leaf(w, g, where));
  };

  let first: ReturnType<typeof run>;
  try {
    first = run(r, plain);
  } catch (e) {
    report.caught('values', e);
    return;
  }
  const { d, out } = first;
  report.wholeFloat = d.wholeFloat;
  report.attempt('dtype/shape', () => walkTensors(r.out, out, checkMeta));
  report.attempt('values', () => compare(r.out, out));
  if (hasStrides) report.attempt('strides', () => walkTensors(r.out, out, checkStrides));
  report.attempt('alias', () => walkTensors(r.out, out, (w, g, where) => checkAlias(w, g, where, d.tensors)));
  for (const { of, value } of r.mutates ?? []) {
    report.attempt('mutation', () => cmp.tensor(value, d.tensors[of], `argument ${of}`));
  }
  if (head.method && r.method !== false && r.args[0]?.$ === 't') {
    report.attempt('method', () => {
      const same = run(r, (args, kwargs) => callMethod(path, args, kwargs, r.args)).out;
      const want = r.out?.names ? { ...r.out, names: [] } : r.out; // some methods return plain tuples
      compare(want, same);
      if (hasStrides) walkTensors(want, same, checkStrides);
    });
  }
  if ('inplace' in r) report.attempt('in-place', () => checkInPlace(r, path, cmp));
  checkGradients(r, base, report, () => {
    const again = run(r, plain);
    const of = again.d.tensors.flatMap((t, i) => (t.requires_grad ? [i] : []));
    return { outs: tensorsIn(again.out), ins: of.map((i) => again.d.tensors[i]), of };
  });
}
