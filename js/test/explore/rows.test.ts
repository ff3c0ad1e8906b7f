// Which rows of a long list are in the page, and how far it scrolls to bring one into sight.
import { expect, it } from "vitest";
import { placesInSight, scrollToPlace } from "../../src/explore/rows";

it("has those in sight, and some on either side, wherever the list stands", () => {
  expect(placesInSight(0, 100, 10, 2_000)).toEqual([0, 22]);
  expect(placesInSight(5_005, 100, 10, 2_000)).toEqual([494, 516]);
  expect(placesInSight(19_900, 100, 10, 2_000)).toEqual([1_978, 2_000]);
});

it("has all of few, and none of none", () => {
  expect(placesInSight(0, 100, 10, 7)).toEqual([0, 7]);
  expect(placesInSight(0, 100, 10, 0)).toEqual([0, 0]);
});

it("stays full when the list has become shorter than where it stands", () => {
  expect(placesInSight(19_900, 100, 10, 30)).toEqual([8, 30]);
});

it("scrolls no further than it has to", () => {
  const list = { scrollTop: 100, clientHeight: 50 } as Element;
  const after = (place: number) => {
    scrollToPlace(list, place, 10);
    return list.scrollTop;
  };
  expect([12, 14, 15, 9].map(after)).toEqual([100, 100, 110, 90]);
});
