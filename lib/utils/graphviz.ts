/** torch.utils.graphviz: a picture of a graph. */
import { AccumulateGrad, type Node } from '../autograd/node.js';
import { Tensor } from '../tensor.js';

export interface GraphvizOptions {
  /** Names of leaves: an object, a Map, or what `named_parameters()` gives. */
  params?: Record<string, Tensor> | Iterable<readonly [string, Tensor]>;
}

const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
const shapeOf = (shape: readonly number[]): string => `(${shape.join(', ')})`;

/**
 * The graph behind `y` (a tensor or several) in the DOT language: a box per node with its name, leaves with the names
 * they have in `params` and their shapes. `dot -Tsvg` draws it.
 *
 * @example
 * const w = torch.ones(3, { requires_grad: true });
 * torch.utils.graphviz(w.mul(2).sum(), { params: { w } });
 */
export function graphviz(y: Tensor | readonly Tensor[], { params = {} }: GraphvizOptions = {}): string {
  const named =
    Symbol.iterator in params ? [...(params as Iterable<readonly [string, Tensor]>)] : Object.entries(params);
  const names = new Map(named.map(([name, t]) => [t, name] as const));
  const ids = new Map<Node, string>();
  const lines: string[] = [];
  const pending: Node[] = [];
  const idOf = (node: Node): string => {
    let id = ids.get(node);
    if (id === undefined) {
      id = `n${ids.size}`;
      ids.set(node, id);
      pending.push(node);
      lines.push(`  ${id} [${describe(node, names)}];`);
    }
    return id;
  };
  (y instanceof Tensor ? [y] : y).forEach((t, i) => {
    const label = `${names.get(t) ?? 'output'}\n${shapeOf(t.shape)}`;
    lines.push(`  y${i} [label=${quoted(label)}, style=filled, fillcolor=palegreen];`);
    const node = t.gradientNode();
    if (node !== null) lines.push(`  ${idOf(node)} -> y${i};`);
  });
  for (let node = pending.pop(); node; node = pending.pop()) {
    for (const [next] of node.next_functions) if (next !== null) lines.push(`  ${idOf(next)} -> ${idOf(node)};`);
  }
  return ['digraph {', '  node [shape=box, fontname="monospace"];', ...lines, '}', ''].join('\n');
}

function describe(node: Node, names: ReadonlyMap<Tensor, string>): string {
  if (!(node instanceof AccumulateGrad)) return `label=${quoted(node.name())}`;
  const { variable } = node;
  const name = names.get(variable) ?? 'leaf';
  return `label=${quoted(`${name}\n${shapeOf(variable.shape)}`)}, style=filled, fillcolor=lightblue`;
}
