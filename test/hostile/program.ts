/**
 * Calls every op with arguments that fit its schema and nothing else, in a process of its own, which prints what is
 * wrong with the answers; the call under way stands in a file, for whoever finds that the process has crashed.
 * node program.js <seed> <calls per op> <file>
 */
import { openSync, writeSync } from 'node:fs';
import type * as strided from 'strided';
import { library } from '../child.js';
import { publicCall } from '../public-call.js';
import { Draws, type Param, Values } from './values.js';

const torch = require(library) as typeof strided;

interface Target {
  name: string;
  /** Whether its arguments are bound to its schema: then no error may come from elsewhere. */
  call: (...args: unknown[]) => unknown;
  params: readonly Param[];
  changes: boolean;
}
interface Declared {
  spec: { name: string; schema: { params: Param[]; overload: string }; flags: { mutates?: boolean } };
}

/** Ops that change an argument and say so neither by their name nor in their schema. */
const CHANGING = /batch_norm|instance_norm|embedding|rrelu|dropout/;
/** Loops as long as a number that is given to them, in PyTorch too. */
const LONG = /polynomial|^(unbind|unsafe_)?chunk|tensor_split|hsplit|vsplit|dsplit/;

function targets(): Target[] {
  const found: Target[] = [];
  for (const { spec } of torch._C.registry.values() as Iterable<Declared>) {
    const { name, schema, flags } = spec;
    const { params } = schema;
    const call = name.startsWith('_') ? undefined : publicCall(torch, name);
    if (call === undefined) continue;
    const changes = Boolean(flags.mutates) || name.endsWith('_') || CHANGING.test(name);
    found.push({ name, call, params, changes });
    const inPlace = `${name}_`;
    const change = (x: any, ...rest: unknown[]) => (isTensor(x) ? (x as any)[inPlace](...rest) : null);
    if (inPlace in torch.Tensor.prototype && !schema.overload)
      found.push({ name: inPlace, call: change, params, changes: true });
  }
  return found;
}

function argumentsOf({ params }: Target, draws: Draws, values: Values): unknown[] {
  const args: unknown[] = [];
  const options: Record<string, unknown> = {};
  for (const param of params) {
    const given = param.required ? true : draws.chance(param.keywordOnly ? 0.4 : 0.65);
    if (!given) continue;
    const value = values.argument(param);
    const byName = param.keywordOnly || args.length < params.indexOf(param);
    if (byName) options[param.name] = value;
    else args.push(value);
  }
  if (draws.chance(0.08)) options.out = draws.chance(0.5) ? values.tensor() : [values.tensor(), values.tensor()];
  return Object.keys(options).length > 0 ? [...args, options] : args;
}

const isTensor = (x: unknown): x is strided.Tensor => x instanceof torch.Tensor;
const tensorsOf = (result: unknown): strided.Tensor[] => (Array.isArray(result) ? result : [result]).filter(isTensor);

/** All bytes of the memory that a tensor lies in; null where it was disposed of. */
function bytesOf(x: strided.Tensor): string | null {
  try {
    const count = x.untyped_storage().nbytes() / x.itemsize;
    return Buffer.from(x.detach().as_strided([count], [1], 0).toTypedArray().buffer as ArrayBuffer).toString('latin1');
  } catch {
    return null;
  }
}

/** Why a result cannot be, or null. */
function broken(x: strided.Tensor): string | null {
  const { shape } = x;
  const strides = x.stride() as unknown as number[];
  if (strides.length !== shape.length) return `${shape.length} sizes and ${strides.length} strides`;
  if (!shape.every((n) => Number.isInteger(n) && n >= 0)) return `a shape of [${shape}]`;
  const end = shape.reduce((at, n, d) => at + (n - 1) * (strides[d] as number), x.storage_offset() + 1);
  const bytes = x.untyped_storage().nbytes();
  return x.numel() > 0 && end * x.itemsize > bytes ? `it ends at element ${end} of ${bytes} bytes` : null;
}

function explore(result: unknown): string | null {
  for (const x of tensorsOf(result)) {
    const problem = broken(x);
    if (problem !== null) return `the result: ${problem}`;
    if (x.numel() > 5000) continue;
    String(x);
    if (x.requires_grad) x.sum().backward(undefined, { retain_graph: true });
  }
  return null;
}

const classes = [torch.RuntimeError, torch.ValueError, torch.IndexError, torch.TypeError, torch.NotImplementedError];
const isOurs = (error: unknown): boolean =>
  classes.some((kind) => error instanceof kind) && !/std::|vector::|bad_alloc|is not a function/.test(String(error));

/** What is wrong with the answer to one call, or null. */
function complaint(target: Target, args: unknown[], values: Values): string | null {
  const unchanged = target.changes || values.show(args).includes('out: ') ? [] : values.tensors;
  const before = unchanged.map(bytesOf);
  try {
    const problem = explore(target.call(...args));
    if (problem !== null) return problem;
  } catch (error) {
    if (!isOurs(error)) return String((error as Error)?.stack ?? error);
  }
  const at = unchanged.findIndex((x, i) => before[i] !== null && bytesOf(x) !== before[i]);
  return at < 0 ? null : `it changed ${values.show(unchanged[at])}`;
}

function main(): void {
  const [seed = 0, count = 1] = process.argv.slice(2, 4).map(Number);
  const status = openSync(process.argv[4] as string, 'w');
  torch.memory.setLimit(64e6);
  let calls = 0;
  for (const [n, target] of targets().entries()) {
    for (let i = 0; i < count; i++) {
      const draws = new Draws(seed + 7919 * n + 104729 * i);
      const values = new Values(torch, draws, LONG.test(target.name));
      const args = argumentsOf(target, draws, values);
      const text = `${target.name}(${args.map((arg) => values.show(arg)).join(', ')})`;
      writeSync(status, text.padEnd(2000), 0);
      const problem = complaint(target, args, values);
      if (problem !== null) console.log(`${text}: ${problem}`);
      calls++;
    }
  }
  console.log(`${calls} calls`);
}

main();
