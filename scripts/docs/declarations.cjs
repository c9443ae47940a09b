// What docs/ops.md says of an op as it is declared. CommonJS, so that tests can load it.

/** Where a gradient comes from. */
function gradientOf(spec) {
  if (spec.derivatives) return 'formula';
  return spec.notDifferentiable || !(spec.body || spec.forward) ? 'none' : 'of its ops';
}

function formsOf({ flags }) {
  const forms = ['function', flags.method === false ? '' : 'method', flags.inplace ? 'in place' : ''];
  return forms.filter(Boolean).join(', ');
}

/** The declared part of each row, by the name of the op. */
function declarations(registry) {
  const rows = [...registry].filter(([name]) => !name.startsWith('_'));
  rows.sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(
    rows.map(([name, { spec }]) => [
      name,
      `| \`${spec.schema.text.replaceAll('|', '\\|')}\` | ${formsOf(spec)} | ${gradientOf(spec)} |`,
    ]),
  );
}

module.exports = { declarations };
