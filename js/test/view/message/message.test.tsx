// One message: its contract of names and attributes, its trouble, its separators.
// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { MessageRow, type MessageRowProps } from "../../../src/view/message/message";
import * as eg from "../../examples";
import { click, draw, services } from "../draw";

const row = (fields: Partial<Omit<MessageRowProps, "services">> = {}): Omit<MessageRowProps, "services"> => ({
  message: eg.message(),
  position: 7,
  startsGroup: true,
  endsGroup: true,
  day: null,
  startsNew: false,
  isFirst: false,
  setSize: -1,
  isTarget: false,
  isHit: false,
  isActive: false,
  isSelected: null,
  ...fields,
});

describe("a message", () => {
  it("is an article with a position, an id, a state and a name", () => {
    const article = draw(<MessageRow {...row()} services={services()} />).find("article");
    expect(article.getAttribute("aria-posinset")).toBe("7");
    expect(article.getAttribute("aria-setsize")).toBe("-1");
    expect(article.dataset).toMatchObject({ messageId: "m0", status: "unread", own: "false" });
    expect(article.getAttribute("aria-label")).toMatch(/^Ann Archer, .+: Hello\. Unread$/);
    expect(article.querySelector("time")?.getAttribute("datetime")).toBe("2026-11-23T12:00:00.000Z");
  });
  it("of another carries the name and the initials once per group, and no ticks", () => {
    const first = draw(<MessageRow {...row({ endsGroup: false })} services={services()} />);
    expect([first.find(".ipg-sender").textContent, first.all(".ipg-avatar").length]).toEqual([
      "Ann Archer",
      0,
    ]);
    const last = draw(<MessageRow {...row({ startsGroup: false })} services={services()} />);
    expect([last.all(".ipg-sender").length, last.find(".ipg-avatar").textContent]).toEqual([0, "AA"]);
    expect(last.all(".ipg-ticks")).toEqual([]);
  });
  it("of a bot says so", () => {
    const bot = row({ message: eg.message({ role: "bot", sender: "Ada" }) });
    expect(draw(<MessageRow {...bot} services={services()} />).find(".ipg-sender").textContent).toBe(
      "AdaBot",
    );
  });
  it("is the customer's on one side and the answers' on the other, with words, for who looks on", () => {
    const looksOn = { ...services(), looksOn: true };
    const drawn = (fields: Parameters<typeof eg.message>[0]) => {
      const { find, all } = draw(<MessageRow {...row({ message: eg.message(fields) })} services={looksOn} />);
      const isAnswer = find("article").classList.contains("ipg-answering");
      return [find(".ipg-sender").textContent, isAnswer, all(".ipg-avatar").length, all(".ipg-ticks").length];
    };
    expect(drawn({ role: "agent", sender: "Ann" })).toEqual(["AnnAgent", true, 1, 0]);
    expect(drawn({ role: "bot", sender: "Ada" })).toEqual(["AdaBot", true, 1, 0]);
    expect(drawn({ role: "customer", sender: "Crystal" })).toEqual(["CrystalCustomer", false, 1, 0]);
    expect(drawn({ role: "customer", sender: "Customer" })).toEqual(["Customer", false, 1, 0]);
    // As in the recording of a guest: who looks at it is not the guest.
    expect(drawn({ role: "customer", sender: "Crystal", isOwn: true })).toEqual([
      "CrystalCustomer",
      false,
      1,
      0,
    ]);
  });
  it("of ours carries ticks with words, no name and no initials", () => {
    const own = draw(
      <MessageRow {...row({ message: eg.own({ status: "delivered" }) })} services={services()} />,
    );
    expect(own.find(".ipg-ticks").getAttribute("aria-label")).toBe("Delivered");
    expect(own.all(".ipg-sender, .ipg-avatar")).toEqual([]);
  });
  it("of ours that was only inferred to be seen says so, and its state stays what the server said", () => {
    const seen = row({ message: eg.own({ seenInferred: true }) });
    const article = draw(<MessageRow {...seen} services={services()} />).find("article");
    expect(article.dataset).toMatchObject({ status: "sent", seen: "inferred" });
    expect(article.getAttribute("aria-label")).toMatch(/Hello\. Sent, seen \(inferred\)$/);
    const unseen = draw(<MessageRow {...row({ message: eg.own() })} services={services()} />).find("article");
    expect(unseen.hasAttribute("data-seen")).toBe(false);
  });
  it("comes after the day and the mark that it begins", () => {
    const all = draw(<MessageRow {...row({ day: "Today", startsNew: true })} services={services()} />);
    expect(all.find(".ipg-row").textContent).toMatch(/^TodayNew messages/);
    expect(all.find(".ipg-day").getAttribute("role")).toBeNull();
  });
  it("with files and no text shows the files only", () => {
    const file = { name: "a.pdf", mediaType: null, sizeBytes: 1, url: null, canRefresh: false };
    const drawn = draw(
      <MessageRow
        {...row({ message: eg.message({ text: "", attachments: [file] }) })}
        services={services()}
      />,
    );
    expect([drawn.all(".ipg-file").length, drawn.all(".ipg-text").length]).toEqual([1, 0]);
  });
  it("of a time that no calendar has is still drawn", () => {
    const drawn = draw(
      <MessageRow {...row({ message: eg.message({ timeMs: 1e20 }) })} services={services()} />,
    );
    expect(drawn.find("article")).toBeTruthy();
  });
});

describe("a message in trouble", () => {
  it.each([
    ["failed", "Not sent: The server refused it."],
    ["unknown", "It is not known whether this was sent: The server refused it."],
  ] as const)("that is %s says why and offers a way out", (status, words) => {
    const message = eg.own({ status, error: "The server refused it.", id: "d", draftId: "d" });
    const with_ = services();
    const drawn = draw(<MessageRow {...row({ message })} services={with_} />);
    expect(drawn.find(".ipg-trouble-words").textContent).toBe(words);
    const [retry, discard] = drawn.all(".ipg-trouble button");
    click(retry as HTMLElement);
    click(discard as HTMLElement);
    expect(with_.actions.retry).toHaveBeenCalledWith(message);
    expect(with_.actions.discard).toHaveBeenCalledWith(message);
  });
  it("that the server had taken can be sent again, but not taken back", () => {
    const message = eg.own({ status: "failed", id: "m1", draftId: "d" });
    const drawn = draw(<MessageRow {...row({ message })} services={services()} />);
    expect(drawn.all(".ipg-trouble button").map((button) => button.textContent)).toEqual(["Retry"]);
  });
  it("that nobody here can send again offers nothing", () => {
    const message = eg.own({ status: "failed", draftId: null });
    const drawn = draw(<MessageRow {...row({ message })} services={services()} />);
    expect(drawn.all("button")).toEqual([]);
  });
});
