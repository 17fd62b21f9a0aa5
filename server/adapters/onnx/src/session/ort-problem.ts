/** What ONNX Runtime says of a model that it does not load, as one line with what to do. Pure. */

const LONGEST = 300;

/** Words of ONNX Runtime by which a cause is recognised, and what to do about it. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/protobuf parsing failed/i, 'it is no ONNX file, or damaged: export or copy it again'],
  [
    /Opset (\d+) is under development|official released onnx opset versions/i,
    'it is of a newer opset than this ONNX Runtime: export it with a lower opset_version, or update',
  ],
  [
    /Unsupported model IR version/i,
    'it is of a newer IR version than this ONNX Runtime: export it with an older onnx, or update',
  ],
  [
    /is not a registered function\/op|No Op registered for|No opset import for domain|unregistered domain/i,
    'it uses an operator that ONNX Runtime does not have: export it with standard operators only',
  ],
  [
    /Could not find an implementation for|NOT_IMPLEMENTED/i,
    'ONNX Runtime does not compute one of its operators here: export it with another opset_version or dtype',
  ],
  [
    /Failed to construct locale/,
    'it needs a locale that this system lacks: install it, or put "options": { "engine": "wasm" } in manifest.json',
  ],
  [/bad_alloc|out of memory|Array buffer allocation|OOM/i, 'it does not fit into memory'],
];

/**
 * One line: what it is, and in brackets what ONNX Runtime says of it.
 *
 * @param does what ONNX Runtime does not do with it.
 */
export function ortProblem(cause: unknown, does: 'load' | 'run'): string {
  const said = ortWords(cause);
  const remedy = REMEDIES.find(([form]) => form.test(said))?.[1];
  return remedy === undefined ? `ONNX Runtime does not ${does} it: ${said}` : `${remedy} (${said})`;
}

/** The first line without places in ONNX Runtime's own source, and cut. */
export function ortWords(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  const said = message
    .replace(/\s+/g, ' ')
    .replace(/^.*?ERROR_MESSAGE: /, '')
    .replace(/\S*\/onnxruntime\/\S+:\d+ .*?(?=\[ONNXRuntimeError\]|This is|[A-Z][a-z]+ )/g, '')
    .replace(/\[ONNXRuntimeError\] : \d+ : \w+ : /g, '')
    .trim();
  const text = said === '' ? 'it gives no reason' : said;
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** After a trap, a WebAssembly module is unusable. */
export function isTrap(cause: unknown): cause is Error {
  return cause instanceof Error && cause.name === 'RuntimeError';
}
