// What is said before the kernel has sent its words.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { waitingForKernel } from "../../src/explore/before-kernel";

it.each(["en", "de", "es", "fr", "ja"])("is what the kernel would say: %s", (language) => {
  const file = join(import.meta.dirname, `../../../src/ipygenesys/_pictures/words/${language}.json`);
  expect(waitingForKernel([`${language}-XX`])).toBe(JSON.parse(readFileSync(file, "utf8")).waitingForKernel);
});

it("is in the first language that there are words for", () => {
  expect(waitingForKernel(["sv", "fr", "de"])).toContain("noyau");
  expect(waitingForKernel(["sv"])).toBe("Waiting for the kernel…");
});
