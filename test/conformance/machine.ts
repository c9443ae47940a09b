import { type Dict, torch, type Value } from './api.js';
import { callFunction, callMethod, getAttribute } from './call.js';
import { Decoder } from './decode.js';

const dispose = (guard: Value): void => guard[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();

/** Runs the instructions of a program over its named variables. */
export class Machine {
  wholeFloat = false;
  private readonly guards: Value[] = [];

  constructor(readonly variables: Map<string, Value> = new Map()) {}

  value(encoded: Value): Value {
    const d = new Decoder({ variables: this.variables, closure: (f) => this.closure(f) });
    const v = d.value(encoded);
    this.wholeFloat ||= d.wholeFloat;
    return v;
  }

  dict(encoded: Dict = {}): Dict {
    return Object.fromEntries(Object.entries(encoded).map(([k, v]) => [k, this.value(v)]));
  }

  /** Names that start with an underscore live as long as the closure runs. */
  private closure({ params, code, ret }: Value): (...args: Value[]) => Value {
    return (...args) => {
      for (const [i, name] of params.entries()) this.variables.set(name, args[i]);
      for (const instruction of code) this.step(instruction);
      const result = ret === null || ret === undefined ? undefined : this.value(ret);
      for (const name of [...this.variables.keys()]) if (name.startsWith('_')) this.variables.delete(name);
      return result;
    };
  }

  private call({ fn, args = [], kwargs }: Value): Value {
    const [values, options] = [args.map((a: Value) => this.value(a)), this.dict(kwargs)];
    const [head, path] = [fn.slice(0, fn.indexOf('.')), fn.slice(fn.indexOf('.') + 1)];
    return head === 'Tensor' ? callMethod(path, values, options, args) : callFunction(path, values, options, args);
  }

  private execute(i: Value): Value {
    switch (i.op) {
      case 'leaf':
        return this.value(i.value);
      case 'call':
        return this.call(i);
      case 'get':
        return getAttribute(this.value({ $: 'v', v: i.of }), i.attr);
      case 'set':
        this.value({ $: 'v', v: i.of })[i.attr] = this.value(i.value);
        return null;
      case 'enter':
        this.guards.push(callFunction(i.ctx.replace(/^torch\./, ''), i.args ?? []));
        return null;
      case 'exit':
        dispose(this.guards.pop());
        return null;
      default:
        throw new Error(`unknown instruction ${i.op}`);
    }
  }

  /** Executes one instruction, names its result and returns it. */
  step(instruction: Value): Value {
    const result = this.execute(instruction) ?? null;
    this.store(instruction.out, result);
    return result;
  }

  store(out: string | string[] | undefined, result: Value): void {
    if (typeof out === 'string') this.variables.set(out, result);
    else if (out) for (const [k, name] of out.entries()) this.variables.set(name, [...result][k]);
  }

  /** Leaves the modes that the program is still in. */
  close(): void {
    while (this.guards.length) dispose(this.guards.pop());
  }
}

/** Runs `f` on a machine in a known state and leaves every mode afterwards. */
export function withMachine(f: (m: Machine) => void): void {
  const m = new Machine();
  torch.manual_seed?.(0);
  try {
    f(m);
  } finally {
    m.close();
  }
}
