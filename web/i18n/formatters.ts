const made = new Map<string, unknown>();
/** A page has a dozen; a node draws for readers of every region. */
const MADE_MAX = 200;

/** Making one takes a hundred times as long as using it, and a page has hundreds of numbers. */
export function formatterOf<Formatter, Options>(
  Kind: { readonly name: string; new (locale: string, options?: Options): Formatter },
  locale: string,
  options?: Options,
): Formatter {
  const name = `${Kind.name} ${locale} ${JSON.stringify(options)}`;
  const formatter = (made.get(name) as Formatter | undefined) ?? new Kind(locale, options);
  if (made.size >= MADE_MAX) made.clear();
  made.set(name, formatter);
  return formatter;
}
