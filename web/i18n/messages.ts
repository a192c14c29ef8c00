/** A text, or one for each plural form of its `{count}` in that language. Names in braces are filled in. */
export type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };
export type Message = string | Plural;
export type Catalogue = Readonly<Record<string, Message>>;

/** The same keys and kinds as the English catalogue, which is the complete one. */
export type TranslationOf<English extends Catalogue> = {
  readonly [Key in keyof English]: English[Key] extends string ? string : Plural;
};

type NamesIn<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;
type TextOf<M> = M extends { other: infer Text } ? Text | '{count}' : M;

/** What a message needs filled in. Numbers are written as the language writes them. */
export type Fillings<M> = [NamesIn<TextOf<M>>] extends [never]
  ? []
  : [Record<NamesIn<TextOf<M>>, string | number>];
