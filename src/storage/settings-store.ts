/** Small named values that the node keeps for itself, each a JSON document. Durable when a change resolves. */
export interface SettingsStore {
  /** Null when nothing was ever put under that name. */
  get(name: string): Promise<unknown>;
  put(name: string, value: unknown): Promise<void>;
  remove(name: string): Promise<void>;
}
