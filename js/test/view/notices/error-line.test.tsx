// The error line: the message, a reference, a way to dismiss it.
// @vitest-environment happy-dom
import { expect, it } from "vitest";
import { ErrorLine } from "../../../src/view/notices/error-line";
import { click, draw, services } from "../draw";

it("is an empty alert until something goes wrong", () => {
  expect(draw(<ErrorLine error={null} services={services()} />).find("[role=alert]").textContent).toBe("");
});

it("says what went wrong and can be dismissed", () => {
  const with_ = services();
  const error = {
    kind: "error",
    code: "permission-denied",
    message: "Ask for <b>messaging:write</b>.",
    correlationId: "c-1",
    cause: null,
    retryInMs: null,
  } as const;
  const drawn = draw(<ErrorLine error={error} services={with_} />);
  expect(drawn.find("[role=alert]").textContent).toBe("Ask for <b>messaging:write</b>. Reference c-1");
  click(drawn.find("button[title=Dismiss]"));
  expect(with_.actions.dismissError).toHaveBeenCalledOnce();
});
