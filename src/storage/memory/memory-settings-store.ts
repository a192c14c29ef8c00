import { jsonText } from '../json-text.js';
import type { SettingsStore } from '../settings-store.js';

/** Keeps JSON text, so that a caller gets back what a database would have given. */
export class MemorySettingsStore implements SettingsStore {
  private readonly texts = new Map<string, string>();

  async get(name: string): Promise<unknown> {
    const text = this.texts.get(name);
    return text === undefined ? null : JSON.parse(text);
  }

  async put(name: string, value: unknown): Promise<void> {
    this.texts.set(name, jsonText(value));
  }

  async remove(name: string): Promise<void> {
    this.texts.delete(name);
  }
}
