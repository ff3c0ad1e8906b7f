// Times to choose one from, by day.

import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { DatePicker as DatePickerContent, Slot, ViewMessage } from "../../protocol.gen";
import { randomId } from "../../random-id";
import { displayName, displayText, startOfDay } from "../../text/format";
import { CalendarIcon, CheckIcon } from "../kit/icons";
import type { Services } from "../kit/services";
import { usePicking } from "./picking";
import { RemoteImage } from "./remote-image";

interface Props {
  readonly message: ViewMessage;
  readonly part: number;
  readonly offer: DatePickerContent;
  readonly services: Services;
}

export function DatePicker({ message, part, offer, services }: Props): JSX.Element {
  const { format, strings } = services;
  const words = strings.content;
  const { isOpen, picked, pick } = usePicking(message, part, offer, services);
  const [chosen, setChosen] = useState<number | null>(null);
  const group = useMemo(randomId, []);
  const days = byDay(offer.slots);
  const label = displayName(offer.title) || words.chooseTime;
  const pickedSlot = offer.slots[picked?.[0] ?? -1];
  return (
    <form
      class="ipg-picker"
      onSubmit={(event) => {
        event.preventDefault();
        const slot = offer.slots[chosen ?? -1];
        if (slot === undefined || chosen === null) return;
        pick([chosen], format.slot(slot.timeMs));
      }}
    >
      {offer.imageUrl !== null && <RemoteImage url={offer.imageUrl} label={label} services={services} />}
      <div class="ipg-card-words" dir="auto">
        <div class="ipg-card-title">
          <CalendarIcon />
          {label}
        </div>
        {offer.subtitle !== "" && <div class="ipg-card-description">{displayText(offer.subtitle)}</div>}
      </div>
      {picked === null ? (
        <div class="ipg-picker-choices" role="radiogroup" aria-label={label}>
          {days.map(({ day, slots }) => (
            <fieldset class="ipg-section" key={day}>
              <legend>{format.date(day)}</legend>
              <div class="ipg-slots">
                {slots.map(({ slot, index }) => (
                  <label key={index} class={isOpen ? "ipg-slot" : "ipg-slot ipg-option-closed"}>
                    <input
                      type="radio"
                      name={group}
                      checked={chosen === index}
                      disabled={!isOpen}
                      onChange={() => setChosen(index)}
                    />
                    <span>{format.time(slot.timeMs)}</span>
                  </label>
                ))}
              </div>
            </fieldset>
          ))}
        </div>
      ) : (
        <div class="ipg-option ipg-option-closed ipg-picked">
          <CheckIcon />
          <span class="ipg-hidden">{words.chosen} </span>
          {pickedSlot === undefined ? words.chosen : format.slot(pickedSlot.timeMs)}
        </div>
      )}
      {isOpen && days.length > 0 && (
        <button type="submit" class="ipg-submit" disabled={chosen === null}>
          {words.choose}
        </button>
      )}
    </form>
  );
}

interface Day {
  readonly day: number;
  readonly slots: { readonly slot: Slot; readonly index: number }[];
}

function byDay(slots: readonly Slot[]): readonly Day[] {
  const days: Day[] = [];
  slots.forEach((slot, index) => {
    const day = startOfDay(slot.timeMs);
    if (days.at(-1)?.day !== day) days.push({ day, slots: [] });
    days.at(-1)?.slots.push({ slot, index });
  });
  return days;
}
