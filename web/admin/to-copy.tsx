export interface ToCopyProps {
  label: string;
  text: string;
}

/** A text to take along: one touch selects all of it. */
export function ToCopy({ label, text }: ToCopyProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <textarea
        readOnly
        rows={Math.max(text.split('\n').length, Math.ceil(text.length / CHARS_A_ROW))}
        class="mono"
        value={text}
        onFocus={(event) => event.currentTarget.select()}
      />
    </label>
  );
}

/** About as many as fit beside each other where it is narrow. */
const CHARS_A_ROW = 80;
