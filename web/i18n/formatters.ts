const made = new Map<string, unknown>();

/** Making one takes a hundred times as long as using it, and a page has hundreds of numbers. */
export function formatterOf<Formatter, Options>(
  Kind: { readonly name: string; new (locale: string, options?: Options): Formatter },
  locale: string,
  options?: Options,
): Formatter {
  const name = `${Kind.name} ${locale} ${JSON.stringify(options)}`;
  const formatter = (made.get(name) as Formatter | undefined) ?? new Kind(locale, options);
  made.set(name, formatter);
  return formatter;
}
