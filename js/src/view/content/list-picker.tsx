// Items to choose from, in sections: one of each, or several where a section allows it.

import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { ListItem, ListPicker as ListPickerContent, ViewMessage } from "../../protocol.gen";
import { randomId } from "../../random-id";
import { displayName, displayText } from "../../text/format";
import { CheckIcon } from "../kit/icons";
import type { Services } from "../kit/services";
import { usePicking } from "./picking";
import { RemoteImage } from "./remote-image";

interface Props {
  readonly message: ViewMessage;
  readonly part: number;
  readonly offer: ListPickerContent;
  readonly services: Services;
}

export function ListPicker({ message, part, offer, services }: Props): JSX.Element {
  const { strings } = services;
  const words = strings.content;
  const { isOpen, picked, pick } = usePicking(message, part, offer, services);
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const group = useMemo(randomId, []);
  const items = offer.sections.flatMap((section) => section.items);
  const label = displayName(offer.title) || words.chooseItem;
  const shown = picked === null ? chosen : new Set(picked);

  const toggle = (index: number, siblings: readonly number[], isMultiple: boolean): void => {
    const next = new Set(chosen);
    if (!isMultiple) for (const each of siblings) next.delete(each);
    if (!next.delete(index)) next.add(index);
    setChosen(next);
  };
  let first = 0;
  return (
    <form
      class="ipg-picker"
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        const picks = [...chosen].sort((one, other) => one - other);
        if (picks.length === 0) return;
        pick(picks, picks.map((index) => displayName(items[index]?.title ?? "")).join(", "));
      }}
    >
      {offer.imageUrl !== null && <RemoteImage url={offer.imageUrl} label={label} services={services} />}
      <div class="ipg-card-words" dir="auto">
        <div class="ipg-card-title">{label}</div>
        {offer.subtitle !== "" && <div class="ipg-card-description">{displayText(offer.subtitle)}</div>}
      </div>
      <div class="ipg-picker-choices">
        {offer.sections.map((section, number) => {
          const start = first;
          first += section.items.length;
          const siblings = section.items.map((_, i) => start + i);
          return (
            <fieldset key={number} class="ipg-section">
              <legend>{displayName(section.title) || label}</legend>
              {section.items.map((item, i) => (
                <Item
                  key={i}
                  item={item}
                  type={section.isMultiple ? "checkbox" : "radio"}
                  group={`${group}-${number}`}
                  isOpen={isOpen}
                  isChosen={shown.has(start + i)}
                  isPicked={picked?.includes(start + i) ?? false}
                  onToggle={() => toggle(start + i, siblings, section.isMultiple)}
                  services={services}
                />
              ))}
            </fieldset>
          );
        })}
      </div>
      {isOpen && (
        <button type="submit" class="ipg-submit" disabled={chosen.size === 0}>
          {words.choose}
        </button>
      )}
    </form>
  );
}

interface ItemProps {
  readonly item: ListItem;
  readonly type: "checkbox" | "radio";
  readonly group: string;
  readonly isOpen: boolean;
  readonly isChosen: boolean;
  readonly isPicked: boolean;
  readonly onToggle: () => void;
  readonly services: Services;
}

function Item(props: ItemProps): JSX.Element {
  const { item, type, group, isOpen, isChosen, isPicked, onToggle, services } = props;
  const title = displayName(item.title);
  return (
    <div class={`ipg-item${isOpen ? "" : " ipg-option-closed"}${isPicked ? " ipg-picked" : ""}`}>
      <label>
        <input type={type} name={group} checked={isChosen} disabled={!isOpen} onChange={onToggle} />
        <span class="ipg-item-words" dir="auto">
          <span>
            {isPicked && <span class="ipg-hidden">{services.strings.content.chosen} </span>}
            {title}
          </span>
          {item.subtitle !== "" && <small>{displayText(item.subtitle)}</small>}
        </span>
        {isPicked && <CheckIcon />}
      </label>
      {item.imageUrl !== null && <RemoteImage url={item.imageUrl} label={title} services={services} />}
    </div>
  );
}
