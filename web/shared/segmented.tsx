import { useId } from 'preact/hooks';

export interface SegmentedProps<Value extends string> {
  label: string;
  options: readonly { value: Value; text: string }[];
  value: Value;
  onChoose(value: Value): void;
}

/** One of a few: radio buttons, so that arrow keys and screen readers know them. */
export function Segmented<Value extends string>({ label, options, value, onChoose }: SegmentedProps<Value>) {
  const name = useId();
  return (
    <fieldset class="segmented screen-only">
      <legend class="heard-only">{label}</legend>
      {options.map((option) => (
        <label key={option.value} class="segment">
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            onChange={() => onChoose(option.value)}
          />
          <span>{option.text}</span>
        </label>
      ))}
    </fieldset>
  );
}
