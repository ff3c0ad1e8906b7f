// A form to fill in: its pages one below the other, one button at the end.

import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { Form as FormContent, FormField, ViewMessage } from "../../protocol.gen";
import { randomId } from "../../random-id";
import { displayName, displayText } from "../../text/format";
import { CheckIcon } from "../kit/icons";
import type { Services } from "../kit/services";
import { usePicking } from "./picking";
import { RemoteImage } from "./remote-image";

interface Props {
  readonly message: ViewMessage;
  readonly part: number;
  readonly offer: FormContent;
  readonly services: Services;
}

type Values = ReadonlyMap<string, readonly string[]>;

export function Form({ message, part, offer, services }: Props): JSX.Element {
  const words = services.strings.content;
  const { isOpen, picked, pick } = usePicking(message, part, offer, services);
  const [values, setValues] = useState<Values>(new Map());
  const fields = offer.pages.flatMap((page) => page.fields);
  const valuesOf = ({ id }: FormField): readonly string[] =>
    (values.get(id) ?? []).filter((each) => each.trim() !== "");
  const written = fields.filter((field) => valuesOf(field).length > 0);
  const isComplete = fields.every((field) => !field.isRequired || written.includes(field));
  const label = displayName(offer.title) || words.form;
  const submit = (): void => {
    if (!isComplete || written.length === 0) return;
    const filled = written.map((field) => ({ field: field.id, values: [...valuesOf(field)] }));
    pick([], written.map((field) => lineOf(field, valuesOf(field))).join("\n"), filled);
  };
  return (
    // Not the form has the name: two of one name would be one landmark too many.
    <fieldset class="ipg-section" aria-label={label} disabled={!isOpen}>
      <form
        class="ipg-picker ipg-form"
        // Keys that are typed here mean neither the list nor the host.
        onKeyDown={(event) => event.stopPropagation()}
        data-lm-suppress-shortcuts="true"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        {offer.imageUrl !== null && <RemoteImage url={offer.imageUrl} label={label} services={services} />}
        <div class="ipg-card-words" dir="auto">
          <div class="ipg-card-title">{label}</div>
          {offer.subtitle !== "" && <div class="ipg-card-description">{displayText(offer.subtitle)}</div>}
        </div>
        {offer.pages.map((page, number) => (
          <fieldset key={number} class="ipg-section ipg-form-page">
            {page.title !== "" && page.title !== offer.title && <legend>{displayName(page.title)}</legend>}
            {page.subtitle !== "" && <p class="ipg-card-description">{displayText(page.subtitle)}</p>}
            {page.fields.map((field) => (
              <Field
                key={field.id}
                field={field}
                values={values.get(field.id) ?? []}
                onChange={(next) => setValues(new Map(values).set(field.id, next))}
                services={services}
              />
            ))}
          </fieldset>
        ))}
        {picked !== null && (
          <div class="ipg-option ipg-option-closed ipg-picked">
            <CheckIcon />
            {words.filledIn}
          </div>
        )}
        {isOpen && (
          <button type="submit" class="ipg-submit" disabled={!isComplete || written.length === 0}>
            {words.sendForm}
          </button>
        )}
      </form>
    </fieldset>
  );
}

interface FieldProps {
  readonly field: FormField;
  readonly values: readonly string[];
  readonly onChange: (values: readonly string[]) => void;
  readonly services: Services;
}

function Field({ field, values, onChange, services }: FieldProps): JSX.Element {
  const name = useMemo(randomId, []);
  const title = displayName(field.title) || displayName(field.id);
  const label = (
    <span class="ipg-form-title" dir="auto">
      {title}
      {field.isRequired && <small> {services.strings.content.required}</small>}
      {field.subtitle !== "" && <small>{displayText(field.subtitle)}</small>}
    </span>
  );
  if (field.type === "choice")
    return (
      <fieldset class="ipg-form-field ipg-section" aria-label={title}>
        {label}
        {field.choices.map(({ text, payload }) => (
          <div key={payload} class="ipg-item">
            <label>
              <input
                type={field.isMultiple ? "checkbox" : "radio"}
                name={name}
                checked={values.includes(payload)}
                onChange={() => onChange(toggled(values, payload, field.isMultiple))}
              />
              <span class="ipg-item-words" dir="auto">
                {displayName(text)}
              </span>
            </label>
          </div>
        ))}
      </fieldset>
    );
  const common = {
    id: name,
    class: "ipg-form-input",
    dir: "auto",
    placeholder: field.placeholder,
    value: values[0] ?? "",
    "aria-required": field.isRequired,
    onInput: (event: { currentTarget: { value: string } }) => onChange([event.currentTarget.value]),
  } as const;
  return (
    <div class="ipg-form-field">
      <label for={name}>{label}</label>
      {field.isLong && <textarea rows={3} {...common} />}
      {!field.isLong && field.type === "date" && <input type="date" {...common} />}
      {!field.isLong && field.type !== "date" && <input type="text" {...common} />}
    </div>
  );
}

function toggled(values: readonly string[], value: string, isMultiple: boolean): readonly string[] {
  if (!isMultiple) return [value];
  return values.includes(value) ? values.filter((each) => each !== value) : [...values, value];
}

/** What the answer says of a field. */
function lineOf({ title, choices }: FormField, values: readonly string[]): string {
  const said = values.map((each) => choices.find(({ payload }) => payload === each)?.text ?? each).join(", ");
  return title === "" ? said : `${title}: ${said}`;
}
